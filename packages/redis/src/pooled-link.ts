import type { Command, Connector, Link, LinkClosedError, Reply } from './link.ts'

/**
 * Several connections of one process to one server as one link: what is sent goes out on the one with the least under way, whole and in
 * order. What was sent in two pieces may be executed in any order; a piece that announces holds what it announces. When one
 * connection ends, all do.
 */
export class PooledLink implements Link {
  readonly members: readonly Link[]
  readonly opened: Promise<void>
  onClosed: ((cause: LinkClosedError) => void) | undefined
  readonly #underWay: number[]

  constructor(members: readonly Link[]) {
    this.members = members
    this.#underWay = members.map(() => 0)
    this.opened = this.#open()
    // Whoever waits for it is told; nobody has to.
    this.opened.catch(() => undefined)
    for (const member of members) member.onClosed = (cause) => this.#end(cause)
  }

  get isOpen(): boolean {
    return this.members.every((member) => member.isOpen)
  }

  async send(commands: readonly Command[]): Promise<readonly Reply[]> {
    const least = this.#underWay.indexOf(Math.min(...this.#underWay))
    this.#underWay[least]!++
    try {
      return await this.members[least]!.send(commands)
    } finally {
      this.#underWay[least]!--
    }
  }

  close(): void {
    this.onClosed = undefined
    for (const member of this.members) member.close()
  }

  async #open(): Promise<void> {
    try {
      await Promise.all(this.members.map((member) => member.opened))
    } catch (error) {
      this.close()
      throw error
    }
  }

  #end(cause: LinkClosedError): void {
    const { onClosed } = this
    this.close()
    onClosed?.(cause)
  }
}

/** The connections that a link is made of. */
export function membersOf(link: Link): readonly Link[] {
  return link instanceof PooledLink ? link.members : [link]
}

/** Makes data connections by the given number. One listens, whatever their number: what is heard has an order. */
export function pooled(connector: Connector, connections: number): Connector {
  if (connections === 1) return connector
  return {
    address: connector.address,
    connect: () => new PooledLink(Array.from({ length: connections }, () => connector.connect())),
    connectSubscriber: () => connector.connectSubscriber(),
  }
}
