import type { Entry } from './contracts.ts'
import { CacheClosedError } from './errors.ts'
import { fly } from './fly.ts'
import { Flight, type FlightStart } from './flight.ts'
import { mayJoin } from './join.ts'
import { canServeStale, type Loader } from './loader.ts'
import type { Policy } from './options.ts'
import { recall, recallUnvouched } from './recall.ts'
import type { Scope } from './scope.ts'
import { findRemote } from './shared-read.ts'
import { mustRetry, Waiter, type Served } from './waiter.ts'

/** Reads without a loader: memory, then the remote store. `undefined` is a miss. */
export async function look(
  scope: Scope,
  key: string,
  policy: Policy,
  acceptStale: boolean,
): Promise<Served | undefined> {
  policy.signal?.throwIfAborted()
  const { tiers, counters } = scope
  const { remote, clock } = tiers.parts
  const remembered = policy.skipMemory ? undefined : recall(scope, key)
  if (remembered !== undefined && clock.now() < remembered.staleAt) {
    counters.memoryHits++
    return { entry: remembered, from: 'memory', isStale: false }
  }
  let best: Served | undefined = remembered && { entry: remembered, from: 'memory', isStale: true }
  if (remote !== undefined && !policy.skipRemote) {
    const found = await abortable(policy.signal, lookRemote(scope, key, policy))
    if (found.entry !== undefined)
      best = { entry: found.entry, from: 'remote', isStale: clock.now() >= found.entry.staleAt }
    else if (found.isAway) {
      const unvouched = recallUnvouched(scope, key, policy)
      if (unvouched !== undefined) best = { entry: unvouched, from: 'memory', isStale: true }
    }
  }
  if (
    best === undefined ||
    (best.isStale && !acceptStale && !(policy.staleIfUnreachable && clock.now() < best.entry.staleAt))
  ) {
    counters.misses++
    return undefined
  }
  countHit(scope, best)
  return best
}

async function lookRemote(
  scope: Scope,
  key: string,
  policy: Policy,
): Promise<{ entry: Entry | undefined; isAway: boolean }> {
  const { tiers } = scope
  const remote = tiers.parts.remote!
  const deadlineAt = remote.deadline()
  for (;;) {
    const seq = tiers.tags.seq
    const found = await findRemote(tiers, remote, key, deadlineAt, policy.skipMemory)
    if (found.isShared) scope.counters.coalesced++
    const tags = found.entry?.tags ?? []
    if (!found.isShared || seq <= found.startSeq || !tiers.tags.invalidatedSince(tags, found.startSeq)) return found
  }
}

/** Reads through: memory, then the flight of the key. Counts the read as one hit or one miss. */
export async function readThrough(scope: Scope, key: string, load: Loader<unknown>, policy: Policy): Promise<Served> {
  policy.signal?.throwIfAborted()
  const remembered = policy.skipMemory ? undefined : recall(scope, key)
  if (remembered !== undefined && !policy.force && scope.tiers.parts.clock.now() < remembered.staleAt) {
    scope.counters.memoryHits++
    refreshAhead(scope, key, remembered, load, policy)
    return { entry: remembered, from: 'memory', isStale: false }
  }
  try {
    const served = await wait(scope, key, load, policy, remembered)
    if (served.from === 'loader') scope.counters.misses++
    else countHit(scope, served)
    return served
  } catch (error) {
    scope.counters.misses++
    throw error
  }
}

async function wait(
  scope: Scope,
  key: string,
  load: Loader<unknown>,
  policy: Policy,
  stale: Entry | undefined,
): Promise<Served> {
  const { tiers } = scope
  const startedAt = tiers.parts.clock.now()
  for (;;) {
    const caller = { policy, startedAt, seq: tiers.tags.seq }
    const flight = await board(scope, key, load, policy, stale)
    const served = await new Promise<Served | typeof mustRetry>(
      (resolve, reject) => new Waiter(tiers, flight, caller, resolve, reject),
    )
    if (served !== mustRetry) return served
  }
}

/** Joins the flight of a key, or starts one. */
async function board(
  scope: Scope,
  key: string,
  load: Loader<unknown>,
  policy: Policy,
  stale: Entry | undefined,
): Promise<Flight> {
  const { tiers } = scope
  const underWay = tiers.flights.get(key)
  if (underWay instanceof Flight) {
    const may = mayJoin(tiers, underWay)
    if ((may === true || (may !== false && (await may))) && isFreshOutcome(scope, underWay)) {
      scope.counters.coalesced++
      return underWay
    }
  }
  if (tiers.isClosed) throw new CacheClosedError()
  const again = tiers.flights.get(key)
  if (again !== undefined && again !== underWay) return board(scope, key, load, policy, stale)
  return launch(scope, key, load, policy, {
    stale: policy.force && policy.graceMs === 0 ? undefined : stale,
    notBefore: policy.force ? tiers.parts.clock.now() : Number.NEGATIVE_INFINITY,
    isBehind: false,
  })
}

/** An answered flight that still stores its value is joined only while that value is fresh. */
function isFreshOutcome(scope: Scope, flight: Flight): boolean {
  return flight.outcome?.type !== 'served' || scope.tiers.parts.clock.now() < flight.outcome.entry.staleAt
}

/** Starts a flight of its own, replacing the one under way for those who come later. */
export function launch(
  scope: Scope,
  key: string,
  load: Loader<unknown>,
  policy: Policy,
  start: Omit<FlightStart, 'timedOut'>,
): Flight {
  const { tiers, counters } = scope
  const flight: Flight = new Flight(tiers, key, policy, { ...start, timedOut: () => timedOut() })
  tiers.behind(fly(scope, flight, load, policy))
  return flight

  function timedOut(): void {
    counters.loadTimeouts++
    const error = new Error('The load took longer than its timeout.')
    const about = { key: scope.userKey(key), namespace: scope.namespace, durationMs: policy.timeoutMs }
    tiers.parts.events.emit('loadError', { ...about, error, isServedStale: canServeStale(scope, flight, policy) })
  }
}

/** Starts a load behind when a hit is past its refresh point, unless one is under way. */
export function refreshAhead(scope: Scope, key: string, entry: Entry, load: Loader<unknown>, policy: Policy): void {
  if (policy.refreshAhead === undefined || scope.tiers.flights.has(key)) return
  const refreshAt = entry.createdAt + (entry.staleAt - entry.createdAt) * policy.refreshAhead
  if (scope.tiers.parts.clock.now() < refreshAt) return
  launch(
    scope,
    key,
    load,
    { ...policy, signal: undefined },
    { stale: entry, notBefore: entry.createdAt + 1, isBehind: true },
  )
}

function countHit(scope: Scope, served: Served): void {
  const { counters } = scope
  if (served.from === 'memory') counters.memoryHits++
  else counters.remoteHits++
  if (served.isStale) counters.staleHits++
}

function abortable<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', aborted, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
