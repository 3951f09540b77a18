import type { Entry } from './contracts.ts'
import type { Timed } from './deadline.ts'
import { isGood } from './entry.ts'
import { LoadTimeoutError } from './errors.ts'
import type { Flight, Outcome, Source, Waiting } from './flight.ts'
import { isOutdatedFor } from './join.ts'
import type { Policy } from './options.ts'
import { isServable } from './recall.ts'
import type { Tiers } from './tiers.ts'

/** What a caller gets. */
export interface Served {
  readonly entry: Entry
  readonly from: Source
  readonly isStale: boolean
}

/** The flight has no value for this caller: it was overtaken, a tag was invalidated before it came, or nobody vouches for it. It must begin anew. */
export const mustRetry: unique symbol = Symbol('mustRetry')

/** One caller that waits for a flight: with its own deadlines, its own signal, and its own idea of grace. */
export class Waiter implements Waiting {
  readonly #tiers: Tiers
  readonly #flight: Flight
  readonly #policy: Policy
  readonly #seq: number
  readonly #startedAt: number
  readonly #resolve: (served: Served | typeof mustRetry) => void
  readonly #reject: (error: unknown) => void
  #soft: Timed | undefined
  #hard: Timed | undefined
  #isSoftOver = false
  #isSettled = false

  constructor(
    tiers: Tiers,
    flight: Flight,
    caller: Caller,
    resolve: (served: Served | typeof mustRetry) => void,
    reject: (error: unknown) => void,
  ) {
    this.#tiers = tiers
    this.#flight = flight
    this.#policy = caller.policy
    this.#seq = caller.seq
    this.#startedAt = caller.startedAt
    this.#resolve = resolve
    this.#reject = reject
    if (flight.outcome !== undefined) {
      this.settle(flight.outcome)
      return
    }
    flight.join(this)
    this.#bound()
    if (flight.isElsewhere) this.loadedElsewhere()
  }

  settle(outcome: Outcome): void {
    if (this.#isSettled) return
    if (outcome.type === 'failed') {
      this.#fail(outcome.error)
    } else if (outcome.type === 'overtaken') {
      this.#end()
      this.#resolve(mustRetry)
    } else if (
      isOutdatedFor(this.#tiers, this.#flight.startSeq, outcome.entry.tags, this.#seq) ||
      (outcome.from === 'memory' && !this.#policy.staleIfUnreachable)
    ) {
      // Whoever comes now begins anew, and so does this caller.
      this.#flight.isDetached = true
      this.#flight.land()
      this.#end()
      this.#resolve(mustRetry)
    } else {
      this.#end()
      this.#resolve({ entry: outcome.entry, from: outcome.from, isStale: outcome.isStale })
    }
  }

  staleKnown(): void {
    if (this.#isSoftOver) this.#serveStale()
  }

  loadedElsewhere(): void {
    if (!this.#policy.force) this.#softOver()
  }

  #bound(): void {
    const { softTimeoutMs, timeoutMs, signal } = this.#policy
    const { deadlines } = this.#tiers
    if (signal?.aborted === true) return this.#aborted()
    this.#hard = {
      deadlineAt: this.#startedAt + timeoutMs,
      settled: false,
      expire: () =>
        this.#fail(
          new LoadTimeoutError(`The load of ${JSON.stringify(this.#flight.key)} took longer than ${timeoutMs} ms.`),
        ),
    }
    deadlines.add(this.#hard)
    signal?.addEventListener('abort', this.#aborted, { once: true })
    if (softTimeoutMs === undefined) return
    if (softTimeoutMs === 0) return this.#softOver()
    this.#soft = { deadlineAt: this.#startedAt + softTimeoutMs, settled: false, expire: () => this.#softOver() }
    deadlines.add(this.#soft)
  }

  readonly #aborted = (): void => {
    this.#end()
    this.#reject(this.#policy.signal?.reason)
  }

  #softOver(): void {
    this.#isSoftOver = true
    this.#serveStale()
  }

  #fail(error: unknown): void {
    if (this.#serveStale()) return
    this.#end()
    this.#reject(error)
  }

  #serveStale(): boolean {
    const { stale, staleFrom } = this.#flight
    const now = this.#tiers.parts.clock.now()
    if (stale === undefined || this.#isSettled || !isServable(stale, this.#policy, now)) return false
    // Who wants a load and has no grace wants nothing else.
    if (this.#policy.force && this.#policy.graceMs === 0) return false
    // Another's stale value may have been good when that one came, and not any more when this one did.
    if (!this.#policy.staleIfUnreachable && !isGood(stale, this.#startedAt)) return false
    if (isOutdatedFor(this.#tiers, this.#flight.startSeq, stale.tags, this.#seq)) return false
    // The load goes on behind for the next caller.
    this.#flight.isBehind = true
    this.#end()
    this.#resolve({ entry: stale, from: staleFrom, isStale: now >= stale.staleAt })
    return true
  }

  #end(): void {
    this.#isSettled = true
    const { deadlines } = this.#tiers
    if (this.#soft !== undefined) deadlines.settle(this.#soft)
    if (this.#hard !== undefined) deadlines.settle(this.#hard)
    this.#policy.signal?.removeEventListener('abort', this.#aborted)
    this.#flight.leave(this)
  }
}

/** A caller's own terms. */
export interface Caller {
  readonly policy: Policy
  readonly startedAt: number
  /** The tag table's sequence when it came. */
  readonly seq: number
}
