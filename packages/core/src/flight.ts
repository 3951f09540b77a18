import type { Entry, Guard } from './contracts.ts'
import { CacheClosedError, LoadTimeoutError } from './errors.ts'
import type { Joinable } from './joinable.ts'
import type { Policy } from './options.ts'
import type { Tiers } from './tiers.ts'

/** Where a value came from. */
export type Source = 'memory' | 'remote' | 'loader'

/** What became of a flight. */
export type Outcome =
  | { readonly type: 'served'; readonly entry: Entry; readonly from: Source; readonly isStale: boolean }
  | { readonly type: 'failed'; readonly error: unknown }
  /** It was overtaken before it began to load: whoever waits begins anew. */
  | { readonly type: 'overtaken' }

/** One who waits for a flight. */
export interface Waiting {
  settle(outcome: Outcome): void
  /** There is a stale value now. */
  staleKnown(): void
  /** Another process loads: a stale value is as good as what comes of waiting. */
  loadedElsewhere(): void
}

/**
 * The one attempt of a process to get a key: remote read, lease, load, fill. Callers wait for it together. It stays joinable
 * until its value is stored, so that no read falls between the answer and the store.
 */
export class Flight implements Joinable {
  readonly key: string
  readonly startedAt: number
  startSeq: number
  readonly guard: Guard | undefined
  /** Tags known before the load. */
  readonly tags: readonly string[]
  /** The value to fall back on, once one is known. */
  stale: Entry | undefined
  staleFrom: Source = 'memory'
  /** Entries made before this instant are no answer. A caller that joins and wants a load moves it. */
  notBefore: number
  /** Somebody wanted a load, whatever is stored. */
  isForced: boolean
  outcome: Outcome | undefined
  isDetached = false
  /** Another process loads, and this one waits for it. */
  isElsewhere = false
  /** It goes on when nobody waits. */
  isBehind: boolean
  /** A load waits for it that holds a place at the gate: it needs none of its own. */
  isNested: boolean
  /** It waits at the gate. */
  isQueued = false
  readonly #tiers: Tiers
  readonly #waiters = new Set<Waiting>()
  readonly #abort = new AbortController()

  constructor(tiers: Tiers, key: string, policy: Policy, start: FlightStart) {
    this.#tiers = tiers
    this.key = key
    this.tags = start.tags
    this.startedAt = tiers.parts.clock.now()
    this.startSeq = tiers.tags.seq
    this.guard = tiers.parts.remote?.store.guard?.(key)
    this.stale = start.stale
    this.notBefore = start.notBefore
    this.isForced = policy.force
    this.isBehind = start.isBehind
    this.isNested = start.isNested
    // Only what stands in the table hears of invalidations.
    const replaced = tiers.flights.get(key)
    if (replaced !== undefined) replaced.isDetached = true
    tiers.flights.set(key, this)
    this.#bound(policy.timeoutMs, start.timedOut)
  }

  /** Aborts when nobody waits any more, or the timeout struck. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Whether the load, when it ends, is too late for anybody. */
  get isOver(): boolean {
    return this.#abort.signal.aborted
  }

  join(waiter: Waiting): void {
    this.#waiters.add(waiter)
  }

  leave(waiter: Waiting): void {
    this.#waiters.delete(waiter)
    if (this.#waiters.size > 0 || this.isBehind || this.outcome !== undefined) return
    this.#end(new DOMException('Nobody waits for this load any more.', 'AbortError'))
  }

  /** A stale value became known. */
  offerStale(entry: Entry, from: Source): void {
    this.stale = entry
    this.staleFrom = from
    for (const waiter of this.#waiters) waiter.staleKnown()
  }

  /** Another process loads. */
  leaveToOther(): void {
    this.isElsewhere = true
    for (const waiter of this.#waiters) waiter.loadedElsewhere()
  }

  /** Answers everybody who waits, and whoever joins until {@link land}. */
  answer(outcome: Outcome): void {
    if (this.outcome !== undefined) return
    this.outcome = outcome
    this.#tiers.deadlines.settle(this.#timed)
    // Only what was loaded is still to be stored.
    if (outcome.type !== 'served' || outcome.from !== 'loader') this.land()
    for (const waiter of this.#waiters) waiter.settle(outcome)
    this.#waiters.clear()
  }

  /** Ends the flight for those who come later. */
  land(): void {
    if (this.#tiers.flights.get(this.key) === this) this.#tiers.flights.delete(this.key)
  }

  close(): void {
    this.#end(new CacheClosedError())
  }

  #end(reason: Error): void {
    this.isDetached = true
    this.land()
    this.#abort.abort(reason)
    this.answer({ type: 'failed', error: reason })
  }

  #timed = { deadlineAt: 0, settled: false, expire: (): void => undefined }

  #bound(timeoutMs: number, timedOut: (error: LoadTimeoutError) => void): void {
    this.#timed = {
      deadlineAt: this.startedAt + timeoutMs,
      settled: false,
      expire: () => {
        const error = new LoadTimeoutError(`The load of ${JSON.stringify(this.key)} took longer than ${timeoutMs} ms.`)
        timedOut(error)
        this.#end(error)
      },
    }
    this.#tiers.deadlines.add(this.#timed)
  }
}

/** How a flight begins. */
export interface FlightStart {
  readonly timedOut: (error: LoadTimeoutError) => void
  /** All tags known before the load, those of its namespace too. */
  readonly tags: readonly string[]
  readonly stale: Entry | undefined
  readonly notBefore: number
  readonly isBehind: boolean
  readonly isNested: boolean
}
