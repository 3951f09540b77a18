import { deferred, type Deferred } from './deferred.ts'

/** What a call of the remote store goes through. */
export type Operation =
  | 'getMany'
  | 'setMany'
  | 'deleteMany'
  | 'lease'
  | 'fill'
  | 'release'
  | 'settle'
  | 'expire'
  | 'invalidateTags'
  | 'invalidateMatching'
  | 'clear'
  | 'ping'
  | 'hello'

interface Held {
  readonly way: 'request' | 'reply'
  readonly operations: readonly Operation[]
  readonly end: Deferred<void>
}

/**
 * The way between a process and the server, with nothing on it unless a test puts something there: a promise to wait for on
 * the way there (the server has not seen the command yet), on the way back (it has), or before an announcement is heard.
 */
export class Wire {
  request: ((operation: Operation) => Promise<void> | undefined) | undefined
  reply: ((operation: Operation) => Promise<void> | undefined) | undefined
  announcement: (() => Promise<void> | undefined) | undefined
  /** How many commands of each kind reached the server. */
  readonly counts = new Map<Operation, number>()
  readonly #held = new Set<Held>()
  readonly #failures = new Map<Operation, unknown[]>()

  /** The next commands of this kind fail before the server sees them, one error each. */
  failNext(operation: Operation, ...errors: unknown[]): void {
    this.#failures.set(operation, [...(this.#failures.get(operation) ?? []), ...errors])
  }

  /** Holds up what is on its way there or back, of some kinds or of all, until the result is called. */
  hold(way: 'request' | 'reply', ...operations: readonly Operation[]): () => void {
    const held: Held = { way, operations, end: deferred() }
    this.#held.add(held)
    return () => {
      this.#held.delete(held)
      held.end.resolve()
    }
  }

  holdAnnouncements(): () => void {
    const end = deferred()
    this.announcement = () => end.promise
    return () => {
      this.announcement = undefined
      end.resolve()
    }
  }

  count(operation: Operation): number {
    return this.counts.get(operation) ?? 0
  }

  /** Carries a command to the server and its reply back. `execute` may refuse. */
  async carry<T>(operation: Operation, execute: () => T): Promise<T> {
    const failure = this.#failures.get(operation)?.shift()
    if (failure !== undefined) throw failure as Error
    await (this.#holdUp('request', operation) ?? this.request?.(operation))
    const reply = execute()
    this.counts.set(operation, this.count(operation) + 1)
    await (this.#holdUp('reply', operation) ?? this.reply?.(operation))
    return reply
  }

  /** Whether a command may take time. */
  get isSlow(): boolean {
    return this.#held.size > 0 || this.request !== undefined || this.reply !== undefined
  }

  #holdUp(way: Held['way'], operation: Operation): Promise<void> | undefined {
    for (const held of this.#held)
      if (held.way === way && (held.operations.length === 0 || held.operations.includes(operation)))
        return held.end.promise
    return undefined
  }
}
