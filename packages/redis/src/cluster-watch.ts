import { RemoteUnavailableError, type Clock, type Deadlines } from '@holdfast/core'
import type { Address } from './cluster-view.ts'
import { ReplyError, type ClusterConnector, type Reply } from './link.ts'
import { unavailable } from './reply.ts'
import type { Session } from './session.ts'
import { within } from './within.ts'

/** What looking for the nodes of a cluster needs of them. */
export interface Watched {
  /** Sessions that can be asked. */
  readonly open: () => readonly Session[]
  /** Where nodes were when they were last seen. */
  readonly addresses: () => readonly Address[]
  /** Takes an answer; tells whether it was of use. */
  readonly saw: (reply: Reply | undefined, asked: Address) => boolean
  /** There is nothing to look for. */
  readonly isWhole: () => boolean
  /** A look has ended. */
  readonly looked: () => void
}

const everyMs = 200

/** Looks for the nodes of a cluster while one of them cannot be used: asks those that can, and the addresses that are known. */
export class ClusterWatch {
  readonly #connector: ClusterConnector
  readonly #clock: Clock
  readonly #deadlines: Deadlines
  readonly #answerMs: number
  readonly #random: () => number
  #watched: Watched | undefined
  #looking: Promise<void> | undefined
  #timer: unknown
  #isClosed = false
  #cause: Error | undefined

  constructor(
    connector: ClusterConnector,
    ground: { readonly clock: Clock; readonly deadlines: Deadlines; readonly answerMs: number },
    random: () => number,
  ) {
    this.#connector = connector
    this.#clock = ground.clock
    this.#deadlines = ground.deadlines
    this.#answerMs = ground.answerMs
    this.#random = random
  }

  /** Why the last look was in vain. */
  get cause(): Error | undefined {
    return this.#cause
  }

  begin(watched: Watched): void {
    this.#watched = watched
    this.#look().catch(() => undefined)
  }

  /** Resolves when the nodes have been found; one look is shared by all who wait. */
  look(deadlineAt: number): Promise<void> {
    return within(this.#deadlines, this.#look(), deadlineAt)
  }

  /** Resolves with a promise, or when half of the time until a deadline is over. */
  async halfway(promise: Promise<void>, deadlineAt: number): Promise<void> {
    const now = this.#clock.now()
    await within(this.#deadlines, promise, now + (deadlineAt - now) / 2).catch(() => undefined)
  }

  /** Looks in a while, if it does not do so already. */
  lookSoon(): void {
    if (this.#isClosed || this.#timer !== undefined || this.#watched === undefined) return
    this.#timer = this.#clock.setTimer(
      () => {
        this.#timer = undefined
        this.#look().catch(() => undefined)
      },
      everyMs * (0.5 + this.#random() / 2),
    )
  }

  close(): void {
    this.#isClosed = true
    this.#clock.clearTimer(this.#timer)
  }

  #look(): Promise<void> {
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined
      this.#watched?.looked()
      if (this.#watched?.isWhole() !== true) this.lookSoon()
    })
    return this.#looking
  }

  async #ask(): Promise<void> {
    const watched = this.#watched!
    const open = watched.open()
    const from = Math.floor(this.#random() * open.length)
    for (const session of [...open.slice(from), ...open.slice(0, from)]) {
      const reply = await session.exchange([['CLUSTER', 'NODES']], this.#soon()).catch(() => undefined)
      if (reply !== undefined && watched.saw(reply[0], this.#connector.seeds[0]!)) return
    }
    for (const address of [...this.#connector.seeds, ...watched.addresses()]) {
      if (this.#isClosed) break
      try {
        const reply = await this.#askAt(address)
        if (watched.saw(reply, address)) {
          this.#cause = undefined
          return
        }
        const why =
          reply instanceof ReplyError ? `does not tell its cluster: ${reply.message}` : 'is no node of a cluster'
        this.#cause = new RemoteUnavailableError(`The server at ${address.host}:${address.port} ${why}.`)
      } catch (error) {
        this.#cause = unavailable(error)
      }
    }
    throw this.#cause ?? new RemoteUnavailableError('No node of the cluster can be asked.')
  }

  async #askAt(address: Address): Promise<Reply | undefined> {
    const link = this.#connector.at(address).connect()
    try {
      await within(this.#deadlines, link.opened, this.#soon())
      return (await within(this.#deadlines, link.send([['CLUSTER', 'NODES']]), this.#soon()))[0]
    } finally {
      link.close()
    }
  }

  #soon(): number {
    return this.#clock.now() + this.#answerMs
  }
}
