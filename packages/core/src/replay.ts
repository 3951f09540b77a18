import type { Clock, Journalled, RemoteStore } from './contracts.ts'
import type { Deadlines } from './deadline.ts'
import { RemoteTimeoutError } from './errors.ts'
import type { Journal } from './journal.ts'

/** So long is not tried again after a failure, in milliseconds. */
const pauseMs = 1_000

/** What a replay needs of its remote. */
export interface ReplayParts {
  readonly clock: Clock
  readonly journal: Journal
  readonly deadlines: Deadlines
  readonly repaired: (journalled: Journalled) => void
  /** Believes nothing that was stored before now, where the store cannot be cleared. */
  readonly refuseOlder: () => void
}

/**
 * Brings what is journalled to the remote store by its own methods. A store with sessions asks for the journal when one opens;
 * this is for stores without, and for what was refused on the way to a store that never knew.
 */
export class Replay {
  readonly #store: RemoteStore
  readonly #journal: Journal
  readonly #deadlines: Deadlines
  readonly #clock: Clock
  readonly #repaired: (journalled: Journalled) => void
  readonly #refuseOlder: () => void
  #underWay: Promise<void> | undefined
  #notBefore = Number.NEGATIVE_INFINITY

  constructor(store: RemoteStore, parts: ReplayParts) {
    this.#store = store
    this.#journal = parts.journal
    this.#deadlines = parts.deadlines
    this.#clock = parts.clock
    this.#repaired = parts.repaired
    this.#refuseOlder = parts.refuseOlder
  }

  /** Resolves when nothing is journalled any more; one attempt is shared by all who wait. Rejects when it could not be applied. */
  run(deadlineAt: number): Promise<void> {
    this.#underWay ??= this.#bounded(deadlineAt).finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  /** Tries behind the caller, if it has not failed just now. */
  runBehind(deadlineAt: number): void {
    if (this.#underWay !== undefined || this.#clock.now() < this.#notBefore) return
    this.run(deadlineAt).catch(() => {
      this.#notBefore = this.#clock.now() + pauseMs
    })
  }

  #bounded(deadlineAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const expire = (): void => reject(new RemoteTimeoutError('The remote store did not answer the replay in time.'))
      const timed = { deadlineAt, settled: false, expire }
      this.#deadlines.add(timed)
      this.#apply(deadlineAt)
        .then(resolve, reject)
        .finally(() => this.#deadlines.settle(timed))
    })
  }

  async #apply(deadlineAt: number): Promise<void> {
    const call = { deadlineAt }
    for (let it = this.#journal.take(); it !== undefined; it = this.#journal.take()) {
      try {
        if (it.all && this.#store.clear === undefined) this.#refuseOlder()
        else if (it.all) await this.#store.clear!(call)
        if (it.keys.length > 0) await this.#store.deleteMany(it.keys, call)
        if (it.tags.length > 0) await this.#store.invalidateTags?.(it.tags, call)
      } catch (error) {
        this.#journal.restore(it)
        throw error
      }
      this.#journal.applied(it)
      this.#repaired(it)
    }
  }
}
