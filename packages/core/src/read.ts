import type { Entry } from './contracts.ts'
import { CacheClosedError, type LoadTimeoutError } from './errors.ts'
import { Flight, type FlightStart } from './flight.ts'
import { fly } from './fly.ts'
import { mayJoin } from './join.ts'
import { canServeStale, type Loader } from './loader.ts'
import { askRemote, countHit } from './look.ts'
import type { Policy } from './options.ts'
import { recall } from './recall.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'
import type { SharedRead } from './shared-read.ts'
import { mustRetry, Waiter, type Served } from './waiter.ts'

/** Reads through: memory, then the remote store, then the loader. Counts the read as one hit or one miss. */
export function readThrough(
  scope: Scope,
  key: string,
  load: Loader<unknown>,
  policy: Policy,
  done: (served: Served) => void,
  failed: (error: unknown) => void,
): void {
  const { remote, clock } = scope.tiers.parts
  if (policy.signal?.aborted === true) return failed(policy.signal.reason)
  scope.read(key)
  const now = clock.now()
  const remembered = policy.skipMemory ? undefined : recall(scope, key, now)
  if (remembered !== undefined && !policy.force && now < remembered.staleAt) {
    scope.counters.memoryHits++
    refreshAhead(scope, key, remembered, load, policy)
    return done({ entry: remembered, from: 'memory', isStale: false })
  }
  const { isInside } = scope.tiers.parts.gate
  const terms: Terms = { load, policy, found: undefined, seq: scope.tiers.tags.seq, startedAt: now, isNested: isInside }
  if (remote === undefined || remembered !== undefined || !isSimple(policy, remote) || scope.tiers.flights.has(key)) {
    wait(scope, key, terms).then(done, failed)
    return
  }
  // Most reads end here: a hit in the remote store needs no flight.
  askRemote(scope, remote, key, policy, now, (read, isShared) => {
    if (read.entry !== undefined && read.settledAt < read.entry.staleAt) {
      if (isShared) scope.counters.coalesced++
      scope.counters.remoteHits++
      refreshAhead(scope, key, read.entry, load, policy)
      done({ entry: read.entry, from: 'remote', isStale: false })
    } else {
      // What was read before an invalidation says nothing to those who come after it and share the load.
      wait(scope, key, { ...terms, found: read.isDetached ? undefined : read }).then(done, failed)
    }
  })
}

/** Whether nothing can end a read earlier than the remote store's own deadline does. */
function isSimple(policy: Policy, remote: Remote): boolean {
  return !policy.force && !policy.skipRemote && policy.signal === undefined && policy.timeoutMs > remote.timeoutMs
}

/** How a key is to be had when memory has nothing fresh. */
interface Terms {
  readonly load: Loader<unknown>
  readonly policy: Policy
  /** What the remote store has just been found to hold. */
  readonly found: SharedRead | undefined
  /** The tag table's sequence when the caller came: what was invalidated later need not concern it. */
  seq: number
  readonly startedAt: number
  /** A load has called, and waits for it. */
  readonly isNested: boolean
}

/** Waits for a flight, and counts. */
async function wait(scope: Scope, key: string, terms: Terms): Promise<Served> {
  try {
    const served = await waitForFlight(scope, key, terms)
    if (served.from === 'loader') scope.counters.misses++
    else countHit(scope, served)
    if (served.from === 'remote' && !served.isStale) refreshAhead(scope, key, served.entry, terms.load, terms.policy)
    return served
  } catch (error) {
    scope.counters.misses++
    throw error
  }
}

async function waitForFlight(scope: Scope, key: string, terms: Terms): Promise<Served> {
  const { tiers } = scope
  const { policy } = terms
  let next = terms
  for (;;) {
    const flight = await board(scope, key, next)
    const caller = { policy, startedAt: terms.startedAt, seq: next.seq }
    const served = await new Promise<Served | typeof mustRetry>(
      (resolve, reject) => new Waiter(tiers, flight, caller, resolve, reject),
    )
    if (served !== mustRetry) return served
    next = { ...terms, found: undefined }
    const now = tiers.parts.clock.now()
    const remembered = policy.skipMemory || policy.force ? undefined : recall(scope, key, now)
    if (remembered !== undefined && now < remembered.staleAt)
      return { entry: remembered, from: 'memory', isStale: false }
  }
}

/** Joins the flight of a key, or starts one. */
async function board(scope: Scope, key: string, terms: Terms): Promise<Flight> {
  const { tiers } = scope
  const { load, policy, found, isNested } = terms
  const underWay = tiers.flights.get(key)
  if (underWay instanceof Flight) {
    let may = mayJoin(tiers, underWay)
    if (typeof may !== 'boolean') {
      may = await may
      // What was heard at the barrier had been acknowledged before this caller came.
      terms.seq = tiers.tags.seq
    }
    if (may && isJoinable(scope, underWay, policy) && !(isNested && underWay.isQueued)) {
      underWay.isNested ||= isNested
      scope.counters.coalesced++
      return underWay
    }
  }
  if (tiers.isClosed) throw new CacheClosedError()
  const again = tiers.flights.get(key)
  if (again !== undefined && again !== underWay) return board(scope, key, terms)
  // Looked up now: what was remembered when the caller came may have been invalidated since.
  const now = tiers.parts.clock.now()
  const stale = policy.skipMemory ? undefined : recall(scope, key, now)
  const notBefore = policy.force ? fromNow(now) : Number.NEGATIVE_INFINITY
  return launch(scope, key, load, policy, { stale, notBefore, isBehind: false, isNested, found })
}

/**
 * A flight that has answered and still stores its value is joined while that value is fresh, but not by who wants a load now. Who
 * wants one and joins a flight that is still reading makes it a load.
 */
function isJoinable(scope: Scope, flight: Flight, policy: Policy): boolean {
  const now = scope.tiers.parts.clock.now()
  if (flight.outcome?.type === 'served') return !policy.force && now < flight.outcome.entry.staleAt
  if (policy.force && flight.isElsewhere) return false
  if (policy.force) {
    flight.isForced = true
    flight.notBefore = Math.max(flight.notBefore, fromNow(now))
  }
  return true
}

/** The first instant of which it is certain that it is later: entries know theirs in whole milliseconds. */
function fromNow(now: number): number {
  return Math.floor(now) + 1
}

/** Starts a flight of its own, replacing the one under way for those who come later. */
export function launch(
  scope: Scope,
  key: string,
  load: Loader<unknown>,
  policy: Policy,
  start: Omit<FlightStart, 'timedOut' | 'tags'> & { readonly found?: SharedRead | undefined },
): Flight {
  const { tiers, counters } = scope
  const tags = scope.allTags(policy.tags)
  const flight: Flight = new Flight(tiers, key, policy, { ...start, tags, timedOut: (error) => timedOut(error) })
  tiers.behind(fly(scope, flight, load, policy, start.found))
  return flight

  function timedOut(error: LoadTimeoutError): void {
    counters.loadTimeouts++
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
    { stale: entry, notBefore: entry.createdAt + 1, isBehind: true, isNested: false },
  )
}
