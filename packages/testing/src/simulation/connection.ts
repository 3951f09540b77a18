import type { Random } from '../random.ts'
import type { ServerReply } from './commands.ts'
import { Lane, type Pace } from './lane.ts'
import type { SimulatedProcess } from './process.ts'
import type { ServerClient } from './server.ts'
import type { World } from './world.ts'

/** What the client's end of a connection hears. */
export interface ClientEnd {
  opened(): void
  replied(reply: ServerReply): void
  pushed(channel: Buffer, message: Buffer): void
  ended(reason: string): void
}

/** The server's end of the network: where connections arrive. */
export interface ServerEnd {
  /** `undefined` when nobody listens. */
  accept(connection: Connection): ServerClient | undefined
  /** A command arrives. */
  perform(connection: Connection, command: readonly Buffer[]): void
  /** The end of the connection arrives. */
  finish(connection: Connection): void
}

/**
 * A TCP connection between a process and the server. What either sends arrives in order, later; either may be gone while the other
 * does not know yet, and what was on its way then may still arrive.
 */
export class Connection {
  readonly process: SimulatedProcess
  readonly #world: World
  readonly #random: Random
  readonly #client: ClientEnd
  readonly #server: ServerEnd
  readonly #up: Lane
  readonly #down: Lane
  #accepted: ServerClient | undefined
  #isClientGone = false
  #isServerGone = false
  #isBlackHole = false

  constructor(terms: {
    readonly world: World
    readonly random: Random
    readonly process: SimulatedProcess
    readonly client: ClientEnd
    readonly server: ServerEnd
    /** Of what the server sends; chosen by the seed when absent. */
    readonly pace: Pace | undefined
  }) {
    this.#world = terms.world
    this.#random = terms.random
    this.process = terms.process
    this.#client = terms.client
    this.#server = terms.server
    this.#up = new Lane(terms.world, terms.random.fork('up'))
    this.#down = new Lane(terms.world, terms.random.fork('down'), terms.pace)
    this.#up.send(() => this.#arrive())
  }

  /** The server's view of it; `undefined` before it was accepted. */
  get accepted(): ServerClient | undefined {
    return this.#accepted
  }

  /** Whether the server still holds it. */
  get isHeld(): boolean {
    return this.#accepted !== undefined && !this.#isServerGone
  }

  /** Sends commands in one write; the network may cut it into pieces. */
  send(commands: readonly (readonly Buffer[])[]): void {
    for (let at = 0; at < commands.length;) {
      const size = this.#random.chance(0.7) ? commands.length - at : 1 + this.#random.below(commands.length - at)
      const piece = commands.slice(at, at + size)
      at += size
      this.#up.send(() => {
        if (this.#isBlackHole) return
        for (const command of piece) if (!this.#isServerGone) this.#server.perform(this, command)
      })
    }
  }

  reply(reply: ServerReply): void {
    this.#toClient(() => this.#client.replied(reply))
  }

  push(channel: Buffer, message: Buffer): void {
    this.#toClient(() => this.#client.pushed(channel, message))
  }

  /** The client closes it. What it had sent arrives all the same. */
  close(): void {
    if (this.#isClientGone) return
    this.#isClientGone = true
    this.#up.send(() => {
      if (!this.#isBlackHole) this.#server.finish(this)
    })
  }

  /** The server has closed it, or forgets it. */
  drop(): void {
    this.#isServerGone = true
  }

  /** The server closes it. What it had sent arrives all the same. */
  kill(): void {
    this.drop()
    this.#toClient(() => this.#clientGone('Redis closed the connection.'))
  }

  /** The network resets it: both ends learn of it, each in its time, and what was under way may be lost. */
  cut(): void {
    if (this.#random.chance(0.5)) this.#server.finish(this)
    else this.#up.send(() => this.#server.finish(this))
    const end = (): void => this.process.receive(() => this.#clientGone('The connection was reset.'))
    if (this.#random.chance(0.5)) this.#world.after(this.#random.next(), end)
    else this.#down.send(end)
  }

  /** What is sent arrives so much later, in both directions or in one. */
  lag(ms: number, direction: 'up' | 'down' | 'both' = 'both'): void {
    if (direction !== 'down') this.#up.lag(ms)
    if (direction !== 'up') this.#down.lag(ms)
  }

  /** Nothing passes any more, and neither end is told. */
  vanish(): void {
    this.#isBlackHole = true
  }

  #arrive(): void {
    if (this.#isBlackHole || this.#isClientGone) return
    this.#accepted = this.#server.accept(this)
    if (this.#accepted === undefined) return this.#toClient(() => this.#clientGone('The connection was refused.'))
    this.#toClient(() => this.#client.opened())
  }

  #toClient(deliver: () => void): void {
    this.#down.send(() => {
      if (this.#isBlackHole) return
      this.process.receive(() => {
        if (!this.#isClientGone) deliver()
      })
    })
  }

  #clientGone(reason: string): void {
    if (this.#isClientGone) return
    this.#isClientGone = true
    this.#client.ended(reason)
  }
}
