import type { Socket } from 'node:net'
import { strikes, type Direction, type ProxiedConnection, type Strike, type Where } from './fault.ts'
import { Flow, sendReset, type Weather } from './flow.ts'
import { Sniffer } from './sniffer.ts'

/** A client's connection to the proxy with the proxy's own to the server. */
export class Connection implements ProxiedConnection {
  readonly id: number
  readonly #sides: Readonly<Record<Direction, Socket>>
  readonly #flows: Readonly<Record<Direction, Flow>>
  readonly #sniffer = new Sniffer()

  /** @param server still connecting; where it is refused, the client's side is reset */
  constructor(id: number, client: Socket, server: Socket, strikesNow: () => Iterable<Strike>) {
    this.id = id
    this.#sides = { up: server, down: client }
    const weather = (direction: Direction) => (): Weather => {
      const now: Partial<Record<Strike['effect']['type'], Strike['effect']>> = {}
      for (const { effect, where } of strikesNow()) if (strikes(where, this, direction)) now[effect.type] = effect
      return now as Weather
    }
    const cut = (by: 'reset' | 'end'): void => (by === 'reset' ? this.reset({}) : this.end())
    this.#flows = {
      up: new Flow(client, server, weather('up'), cut),
      down: new Flow(server, client, weather('down'), cut),
    }
    client.on('data', (chunk: Buffer) => this.#sniffer.feed(chunk))
    carry(client, this.#flows.up, server)
    carry(server, this.#flows.down, client)
  }

  get commands(): readonly string[] {
    return this.#sniffer.commands
  }

  get isSubscriber(): boolean {
    return this.#sniffer.isSubscriber
  }

  get bytesUp(): number {
    return this.#flows.up.received
  }

  get bytesDown(): number {
    return this.#flows.down.received
  }

  /** The weather has changed. */
  pump(): void {
    this.#flows.up.pump()
    this.#flows.down.pump()
  }

  /** A reset that travels in the direction: the side that it comes from learns nothing, and talks to nobody from now on. */
  reset({ direction = 'both' }: Where): void {
    for (const way of waysOf(direction)) {
      this.#flows[way === 'up' ? 'down' : 'up'].die()
      sendReset(this.#sides[way])
    }
  }

  /** Ends both sides politely. */
  end(): void {
    this.die({})
    this.#sides.up.destroySoon()
    this.#sides.down.destroySoon()
  }

  /** Loses whatever travels in the direction from now on, ends and resets too. */
  die({ direction = 'both' }: Where): void {
    for (const way of waysOf(direction)) this.#flows[way].die()
  }

  destroy(): void {
    this.die({})
    this.#sides.up.destroy()
    this.#sides.down.destroy()
  }
}

function carry(from: Socket, flow: Flow, to: Socket): void {
  from.on('data', (chunk: Buffer) => {
    flow.received += chunk.length
    flow.push(chunk)
  })
  from.on('end', () => {
    if (to.destroyed) from.destroy()
    else flow.push('end')
  })
  from.on('error', () => flow.push('reset'))
}

function waysOf(direction: Direction | 'both'): readonly Direction[] {
  return direction === 'both' ? ['up', 'down'] : [direction]
}
