import { LinkClosedError, type Command, type Connector, type Link, type Reply } from '../../src/link.ts'
import type { World } from '@holdfast/testing/simulation'

/**
 * Connections whose requests can get stuck on the way: they arrive later, also when the client has given the connection up
 * meanwhile. Subscribers are as they are.
 */
export class StuckConnector implements Connector {
  readonly #world: World
  readonly #connector: Connector
  readonly #links = new Set<StuckLink>()

  constructor(world: World, connector: Connector) {
    this.#world = world
    this.#connector = connector
  }

  get address(): string {
    return this.#connector.address
  }

  connect(): Link {
    const link = new StuckLink(this.#world, this.#connector.connect())
    this.#links.add(link)
    return link
  }

  connectSubscriber(): ReturnType<Connector['connectSubscriber']> {
    return this.#connector.connectSubscriber()
  }

  /** What is sent on the connections of now arrives after so many milliseconds. */
  stick(ms: number): void {
    for (const link of this.#links) link.stick(ms)
    this.#links.clear()
  }
}

class StuckLink implements Link {
  readonly opened: Promise<void>
  onClosed: ((cause: LinkClosedError) => void) | undefined
  readonly #world: World
  readonly #link: Link
  readonly #pending = new Set<(error: LinkClosedError) => void>()
  #stuckMs = 0
  #isClosed = false

  constructor(world: World, link: Link) {
    this.#world = world
    this.#link = link
    this.opened = link.opened
    link.onClosed = (cause) => this.onClosed?.(cause)
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#link.isOpen
  }

  stick(ms: number): void {
    this.#stuckMs = ms
  }

  send(commands: readonly Command[]): Promise<readonly Reply[]> {
    if (this.#stuckMs === 0) return this.#link.send(commands)
    return new Promise((resolve, reject) => {
      this.#pending.add(reject)
      this.#world.after(this.#stuckMs, () => {
        const answered = this.#link.send(commands)
        answered.then(resolve, reject)
      })
    })
  }

  close(): void {
    this.#isClosed = true
    this.onClosed = undefined
    for (const reject of this.#pending) reject(new LinkClosedError('The connection was closed.'))
    if (this.#stuckMs === 0) this.#link.close()
    else this.#world.after(this.#stuckMs + 1, () => this.#link.close())
  }
}
