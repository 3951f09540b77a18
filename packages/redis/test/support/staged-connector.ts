import {
  LinkClosedError,
  type Command,
  type Connector,
  type Link,
  type Reply,
  type ReplyError,
  type SubscriberLink,
} from '../../src/link.ts'

/** Something kept back until the test lets it go. */
export interface Held {
  /** Resolves when it has arrived, and is kept back. */
  readonly arrived: Promise<void>
  release(): void
}

class Gate implements Held {
  readonly arrived: Promise<void>
  readonly opened: Promise<void>
  arrive!: () => void
  release!: () => void

  constructor() {
    this.arrived = new Promise((resolve) => {
      this.arrive = resolve
    })
    this.opened = new Promise((resolve) => {
      this.release = resolve
    })
  }

  async pass(): Promise<void> {
    this.arrive()
    await this.opened
  }
}

type Matches = (commands: readonly Command[]) => boolean

/** What the test has asked to be kept back, and not been met yet. */
interface Order {
  readonly matches: Matches
  readonly gate: Gate
  readonly isOvertaken: boolean
}

/**
 * Connections to a real server on which a test decides what arrives when: it keeps back requests, replies or announcements, each
 * with everything that comes after it on its connection.
 */
export class StagedConnector implements Connector {
  readonly #connector: Connector
  readonly #requests: Order[] = []
  readonly #replies: Order[] = []
  /** New connections are refused. */
  isRefusing = false
  /** Set while announcements are kept back. */
  announcements: Gate | undefined
  readonly links: StagedLink[] = []
  readonly subscribers: StagedSubscriber[] = []
  readonly sent: Command[] = []

  constructor(connector: Connector) {
    this.#connector = connector
  }

  get address(): string {
    return this.#connector.address
  }

  connect(): Link {
    if (this.isRefusing) return refusedLink()
    const link = new StagedLink(this, this.#connector.connect())
    this.links.push(link)
    return link
  }

  connectSubscriber(): SubscriberLink {
    if (this.isRefusing) return refusedLink()
    const link = new StagedSubscriber(this, this.#connector.connectSubscriber())
    this.subscribers.push(link)
    return link
  }

  /** Keeps back the next batch that matches before it is sent. */
  holdRequest(matches: Matches): Held {
    return hold(this.#requests, matches)
  }

  /**
   * Keeps back the replies to the next batch that matches: it has been executed. What comes after it on the connection is kept back
   * too, or overtakes it, as it would on another connection of a pool.
   */
  holdReply(matches: Matches, { isOvertaken = false }: { readonly isOvertaken?: boolean } = {}): Held {
    return hold(this.#replies, matches, isOvertaken)
  }

  /** Keeps back all that is heard from now on. */
  holdAnnouncements(): Held {
    this.announcements = new Gate()
    return this.announcements
  }

  request(commands: readonly Command[]): Gate | undefined {
    this.sent.push(...commands)
    return take(this.#requests, commands)?.gate
  }

  reply(commands: readonly Command[]): Order | undefined {
    return take(this.#replies, commands)
  }

  /** The id at the server of the last data connection. */
  async clientId(): Promise<number> {
    const [id] = await this.links.at(-1)!.send([['CLIENT', 'ID']])
    return id as number
  }
}

/** Matches a batch that has a command of this name, on a key that ends so. */
export function command(name: string, keyEnd = ''): Matches {
  return (commands) =>
    commands.some(
      (one) => one[0] === name && one.slice(1).some((arg) => typeof arg === 'string' && arg.endsWith(keyEnd)),
    )
}

function hold(orders: Order[], matches: Matches, isOvertaken = false): Held {
  const gate = new Gate()
  orders.push({ matches, gate, isOvertaken })
  return gate
}

function take(orders: Order[], commands: readonly Command[]): Order | undefined {
  const index = orders.findIndex((order) => order.matches(commands))
  return index < 0 ? undefined : orders.splice(index, 1)[0]
}

function refusedLink(): SubscriberLink {
  const refusal = Promise.reject(new LinkClosedError('The connection was refused.'))
  refusal.catch(() => undefined)
  return {
    opened: refusal,
    isOpen: false,
    onClosed: undefined,
    onMessage: undefined,
    send: () => refusal,
    subscribe: () => refusal,
    ping: () => refusal,
    close: () => undefined,
  }
}

class StagedLink implements Link {
  readonly opened: Promise<void>
  onClosed: ((cause: LinkClosedError) => void) | undefined
  readonly #stage: StagedConnector
  readonly #link: Link
  #lastRequest: Promise<unknown> = Promise.resolve()
  #lastReply: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(stage: StagedConnector, link: Link) {
    this.#stage = stage
    this.#link = link
    this.opened = link.opened
    link.onClosed = (cause) => this.onClosed?.(cause)
  }

  get isOpen(): boolean {
    return this.#link.isOpen
  }

  send(commands: readonly Command[]): Promise<readonly Reply[]> {
    const request = this.#stage.request(commands)
    const reply = this.#stage.reply(commands)
    const executed =
      request === undefined && this.#waiting === 0 ? this.#link.send(commands) : this.#sendLater(commands, request)
    const delivered = this.#deliver(this.#lastReply, executed, reply?.gate)
    if (reply?.isOvertaken !== true) this.#lastReply = delivered.catch(() => undefined)
    return delivered
  }

  close(): void {
    this.onClosed = undefined
    this.#link.close()
  }

  async #sendLater(commands: readonly Command[], gate: Gate | undefined): Promise<readonly Reply[]> {
    this.#waiting++
    const turn = this.#lastRequest.then(() => gate?.pass())
    this.#lastRequest = turn
    await turn
    this.#waiting--
    return this.#link.send(commands)
  }

  async #deliver(
    before: Promise<unknown>,
    executed: Promise<readonly Reply[]>,
    gate: Gate | undefined,
  ): Promise<readonly Reply[]> {
    const replies = await executed
    await before
    await gate?.pass()
    return replies
  }
}

class StagedSubscriber extends StagedLink implements SubscriberLink {
  onMessage: ((channel: string, message: Buffer) => void) | undefined
  readonly #stage: StagedConnector
  readonly #link: SubscriberLink
  #last: Promise<unknown> = Promise.resolve()
  #queued = 0

  constructor(stage: StagedConnector, link: SubscriberLink) {
    super(stage, link)
    this.#stage = stage
    this.#link = link
    link.onMessage = (channel, message) => this.#receive(() => this.onMessage?.(channel, Buffer.from(message)))
  }

  subscribe(channels: readonly string[]): Promise<ReplyError | undefined> {
    return this.#link.subscribe(channels)
  }

  /** What was heard before a PONG is given out before it. */
  async ping(): Promise<void> {
    await this.#link.ping()
    await new Promise<void>((resolve) => this.#receive(resolve))
  }

  #receive(give: () => void): void {
    const gate = this.#stage.announcements
    if (gate === undefined && this.#queued === 0) return give()
    this.#queued++
    this.#last = this.#last.then(async () => {
      await gate?.pass()
      if (this.#stage.announcements === gate) this.#stage.announcements = undefined
      this.#queued--
      give()
    })
  }
}
