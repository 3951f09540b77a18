import { parseDuration, type Duration } from './duration.ts'
import { LoadRejectedError } from './errors.ts'
import type { Life } from './entry.ts'
import type { Flight } from './flight.ts'
import type { ObservedLoad } from './observer.ts'
import { joinTags, parseTags, type Policy } from './options.ts'
import { ttlOf, type Scope } from './scope.ts'

/** What a loader is given. */
export interface LoadContext {
  readonly key: string
  /** Aborts when nobody waits any more, or the timeout struck. */
  readonly signal: AbortSignal
  /** The value that was there before, if it is known. */
  readonly stale: unknown
  /** Not modified: return what this returns, and the stale value is fresh again. @throws {TypeError} when there is no stale value */
  readonly keep: () => never
  /** Answer with what the loader returns, and store nothing. */
  readonly skip: () => void
  /** The ttl of this value, instead of the option's. */
  readonly ttl: (ttl: Duration) => void
  /** More tags for this value. */
  readonly tags: (tags: readonly string[]) => void
}

export type Loader<V> = (context: LoadContext) => V | Promise<V>

/** What came of calling a loader: its value with its life and tags, or nothing that anybody waits for. */
export type Loaded =
  | { readonly type: 'over' }
  | {
      readonly type: 'loaded'
      readonly value: unknown
      readonly createdAt: number
      /** `undefined` when it is not to be stored. */
      readonly life: Life | undefined
      readonly tags: readonly string[]
    }

const over: Loaded = { type: 'over' }

/**
 * Calls the loader when the gate lets it; counts and tells. Throws what it throws. It is over as soon as nobody waits any more: a
 * loader that never returns holds neither a place at the gate nor anything else.
 */
export async function callLoader(scope: Scope, flight: Flight, load: Loader<unknown>, policy: Policy): Promise<Loaded> {
  const { counters, tiers } = scope
  const { clock, events } = tiers.parts
  if (flight.isOver) return over
  const { gate } = tiers.parts
  const leave = policy.isGated && !policy.ungated ? await enterGate(scope, flight.signal, [flight]) : noPlace
  const createdAt = clock.now()
  const about = { key: scope.userKey(flight.key), namespace: scope.namespace }
  try {
    // It may have ended between the place at the gate and here.
    if (flight.isOver) return over
    if (policy.isGated) counters.loads++
    if (policy.isGated && flight.isBehind) counters.refreshes++
    const noted = new Notes(flight)
    const returned = await whileWanted(
      scope,
      flight,
      () =>
        observed(scope, flight, policy, () =>
          gate.run(leave !== noPlace || flight.isNested, () => load(contextOf(scope, flight, noted, policy))),
        ),
      policy,
    )
    if (flight.isOver) return over
    const loaded = noted.read(scope, policy, returned, createdAt)
    const durationMs = clock.now() - createdAt
    if (policy.isGated) counters.loadLatency.record(durationMs)
    events.emit('load', { ...about, durationMs })
    return loaded
  } catch (error) {
    if (flight.isOver) return over
    if (error instanceof LoadRejectedError) throw error
    if (policy.isGated) counters.loadErrors++
    events.emit('loadError', {
      ...about,
      durationMs: clock.now() - createdAt,
      error,
      isServedStale: canServeStale(scope, flight, policy),
    })
    throw error
  } finally {
    leave()
  }
}

/** Several that are loaded together are observed together, by who calls their loader. */
function observed(scope: Scope, flight: Flight, policy: Policy, run: () => unknown): unknown {
  if (!policy.isGated) return run()
  const about = (): ObservedLoad => ({ keys: [scope.userKey(flight.key)], namespace: scope.namespace })
  return scope.tiers.observers.load(about, run)
}

/** What the loader returns, or nothing as soon as the flight is over; what it does afterwards is only counted. */
function whileWanted(scope: Scope, flight: Flight, load: () => unknown, policy: Policy): Promise<unknown> {
  return new Promise((resolve, reject) => {
    flight.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    Promise.resolve(load()).then((value) => {
      if (flight.isOver && policy.isGated) scope.counters.lateLoads++
      resolve(value)
    }, reject)
  })
}

/** Whether the callers of a failed load get a stale value instead. */
export function canServeStale(scope: Scope, flight: Flight, policy: Policy): boolean {
  const { stale } = flight
  const now = scope.tiers.parts.clock.now()
  return stale !== undefined && now < stale.expiresAt && now < stale.staleAt + policy.graceMs
}

/**
 * Waits for a place among the loads, unless a load that has one waits for the outcome.
 *
 * @throws {LoadRejectedError} when too many wait already
 */
export async function enterGate(scope: Scope, signal: AbortSignal, flights: readonly Flight[]): Promise<() => void> {
  if (flights.some(({ isNested }) => isNested)) return noPlace
  try {
    for (const flight of flights) flight.isQueued = true
    return await scope.tiers.parts.gate.enter(signal)
  } catch (error) {
    if (error instanceof LoadRejectedError) scope.counters.loadsRejected++
    throw error
  } finally {
    for (const flight of flights) flight.isQueued = false
  }
}

/** There was no place to give back. */
export function noPlace(): void {
  // Nothing was taken.
}

/** What a loader said of its value through the context. */
class Notes {
  isSkipped = false
  isKept = false
  ttlMs: number | undefined
  tags: readonly string[] = []
  readonly #flight: Flight

  constructor(flight: Flight) {
    this.#flight = flight
  }

  read(scope: Scope, policy: Policy, returned: unknown, createdAt: number): Loaded {
    const { stale } = this.#flight
    const value = this.isKept ? stale?.value : returned
    const dynamic = value === undefined || policy.tagsOf === undefined ? [] : parseTags(policy.tagsOf(value as never))
    const kept = this.isKept && stale !== undefined ? stale.tags : []
    const tags = scope.allTags([dynamic, this.tags, scope.ownTags(kept)].reduce(joinTags, policy.tags))
    const isStored = value !== undefined && !this.isSkipped
    const ttlMs = isStored ? (this.ttlMs ?? ttlOf(policy, value)) : 0
    const life = scope.life(policy, ttlMs, createdAt, scope.tiers.parts.clock.now())
    return { type: 'loaded', value, createdAt, life, tags }
  }
}

function contextOf(scope: Scope, flight: Flight, noted: Notes, policy: Policy): LoadContext {
  const { stale } = flight
  return {
    key: scope.userKey(flight.key),
    signal: flight.signal,
    stale: stale && scope.present(stale.value, policy),
    keep: () => {
      if (stale === undefined)
        throw new TypeError('keep() was called and there is no stale value to keep: look at `stale` first.')
      noted.isKept = true
      return scope.present(stale.value, policy) as never
    },
    skip: () => {
      noted.isSkipped = true
    },
    ttl: (ttl) => {
      noted.ttlMs = parseDuration('ttl', ttl)
    },
    tags: (tags) => {
      noted.tags = joinTags(noted.tags, parseTags(tags))
    },
  }
}
