import { parseDuration, type Duration } from './duration.ts'
import { LoadRejectedError } from './errors.ts'
import type { Life } from './entry.ts'
import type { Flight } from './flight.ts'
import { joinTags, parseTags, type Policy } from './options.ts'
import type { Scope } from './scope.ts'

/** What a loader is given. */
export interface LoadContext<V = unknown> {
  readonly key: string
  /** Aborts when nobody waits any more, or the timeout struck. */
  readonly signal: AbortSignal
  /** The value that was there before and is past its ttl, if it is known. */
  readonly stale: V | undefined
  /** Not modified: return what this returns, and the stale value is fresh again. @throws {TypeError} when there is no stale value */
  keep(): V
  /** Answer with what the loader returns, and store nothing. */
  skip(): void
  /** The ttl of this value, instead of the option's. */
  ttl(ttl: Duration): void
  /** More tags for this value. */
  tags(tags: readonly string[]): void
}

export type Loader<V> = (context: LoadContext<V>) => V | Promise<V>

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

/** Calls the loader when the gate lets it; counts and tells. Throws what it throws. */
export async function callLoader(scope: Scope, flight: Flight, load: Loader<unknown>, policy: Policy): Promise<Loaded> {
  const { counters, tiers } = scope
  const { clock, events } = tiers.parts
  const leave = policy.isGated ? await enterGate(scope, flight) : ungated
  const createdAt = clock.now()
  const about = { key: scope.userKey(flight.key), namespace: scope.namespace }
  // Once aborted, the place is given back at once: loaders that never return do not use up the gate.
  flight.signal.addEventListener('abort', leave, { once: true })
  try {
    counters.loads++
    if (flight.isBehind) counters.refreshes++
    const noted = new Notes(flight)
    const returned = await load(contextOf(about.key, flight, noted))
    const durationMs = clock.now() - createdAt
    counters.loadLatency.record(durationMs)
    events.emit('load', { ...about, durationMs })
    if (flight.isOver) {
      counters.lateLoads++
      return { type: 'over' }
    }
    return noted.read(scope, policy, returned, createdAt)
  } catch (error) {
    if (flight.isOver) return { type: 'over' }
    counters.loadErrors++
    events.emit('loadError', {
      ...about,
      durationMs: clock.now() - createdAt,
      error,
      isServedStale: canServeStale(scope, flight, policy),
    })
    throw error
  } finally {
    flight.signal.removeEventListener('abort', leave)
    leave()
  }
}

/** Whether the callers of a failed load get a stale value instead. */
export function canServeStale(scope: Scope, flight: Flight, policy: Policy): boolean {
  const { stale } = flight
  const now = scope.tiers.parts.clock.now()
  return stale !== undefined && now < stale.expiresAt && now < stale.staleAt + policy.graceMs
}

async function enterGate(scope: Scope, flight: Flight): Promise<() => void> {
  try {
    return await scope.tiers.parts.gate.enter(flight.signal)
  } catch (error) {
    if (error instanceof LoadRejectedError) scope.counters.loadsRejected++
    throw error
  }
}

function ungated(): void {
  // There was no place to give back.
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
    const dynamic = policy.tagsOf === undefined ? [] : parseTags(policy.tagsOf(value as never))
    const kept = this.isKept && stale !== undefined ? stale.tags : []
    const tags = [policy.tags, dynamic, this.tags, kept].reduce(joinTags, scope.hiddenTags)
    const isStored = value !== undefined && !this.isSkipped
    return {
      type: 'loaded',
      value,
      createdAt,
      life: isStored ? scope.life(policy, createdAt, value, this.ttlMs) : undefined,
      tags,
    }
  }
}

function contextOf(key: string, flight: Flight, noted: Notes): LoadContext {
  return {
    key,
    signal: flight.signal,
    stale: flight.stale?.value,
    keep: () => {
      if (flight.stale === undefined)
        throw new TypeError('keep() was called and there is no stale value to keep: look at `stale` first.')
      noted.isKept = true
      return flight.stale.value
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
