import type { Entry } from './contracts.ts'
import { CacheClosedError } from './errors.ts'
import { fly } from './fly.ts'
import { Flight, type FlightStart, type Source } from './flight.ts'
import { isOutdatedFor, mayJoin } from './join.ts'
import { canServeStale, type Loader } from './loader.ts'
import type { Policy } from './options.ts'
import { recall, recallUnvouched } from './recall.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'
import { sharedRead, SharedRead } from './shared-read.ts'
import { mustRetry, Waiter, type Served } from './waiter.ts'

/**
 * Reads without a loader: memory, then the remote store. Calls back with `undefined` on a miss. Between the store's reply and the
 * callback no promise is made, so that reading many keys costs little.
 */
export function look(
  scope: Scope,
  key: string,
  policy: Policy,
  acceptStale: boolean,
  done: (served: Served | undefined) => void,
): void {
  const { remote, clock } = scope.tiers.parts
  const remembered = policy.skipMemory ? undefined : recall(scope, key)
  const best: Served | undefined = remembered && served(remembered, 'memory', clock.now())
  if (remote === undefined || policy.skipRemote || best?.isStale === false)
    return done(accept(scope, best, acceptStale))
  askRemote(scope, remote, key, policy, (read) => {
    const unvouched = read.isAway ? recallUnvouched(scope, key, policy) : undefined
    if (read.entry !== undefined) done(accept(scope, served(read.entry, 'remote', clock.now()), acceptStale))
    else if (unvouched === undefined) done(accept(scope, best, acceptStale))
    else
      done(
        accept(
          scope,
          { entry: unvouched, from: 'memory', isStale: true },
          acceptStale || clock.now() < unvouched.staleAt,
        ),
      )
  })
}

/** Joins the read of the key that is under way, or begins one. */
function askRemote(scope: Scope, remote: Remote, key: string, policy: Policy, done: (read: SharedRead) => void): void {
  const { tiers } = scope
  const { seq } = tiers.tags
  const shared = sharedRead(tiers, key)
  if (shared === undefined)
    return new SharedRead(tiers, remote, key, remote.deadline(), policy.skipMemory).onSettled(done)
  scope.counters.coalesced++
  shared.onSettled((read) => {
    // It may have read before a tag was invalidated that this caller knows to be invalidated.
    if (isOutdatedFor(tiers, read.startSeq, read.entry?.tags ?? [], seq)) askRemote(scope, remote, key, policy, done)
    else done(read)
  })
}

function served(entry: Entry, from: Source, now: number): Served {
  return { entry, from, isStale: now >= entry.staleAt }
}

/** Counts, and lets a stale value through only where it is wanted. */
function accept(scope: Scope, best: Served | undefined, acceptStale: boolean): Served | undefined {
  if (best !== undefined && (!best.isStale || acceptStale)) {
    countHit(scope, best)
    return best
  }
  scope.counters.misses++
  return undefined
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
