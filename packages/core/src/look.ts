import type { Entry } from './contracts.ts'
import type { Source } from './flight.ts'
import { isOutdatedFor } from './join.ts'
import type { Policy } from './options.ts'
import { recall, recallUnvouched } from './recall.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'
import { SharedRead, sharedRead } from './shared-read.ts'
import type { Served } from './waiter.ts'

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
  scope.read(key)
  const now = clock.now()
  const remembered = policy.skipMemory ? undefined : recall(scope, key, now)
  const best = remembered && served(remembered, 'memory', now)
  if (remote === undefined || policy.skipRemote || best?.isStale === false)
    return done(accept(scope, best, acceptStale))
  askRemote(scope, remote, key, policy, now, (read, isShared) =>
    done(answer(scope, policy, acceptStale, best, read, isShared)),
  )
}

/**
 * The same for several keys, in one call of the remote store, with their values by the users' keys. Nothing is made for a key that
 * can be made for all.
 */
export function lookMany(
  scope: Scope,
  keys: ReadonlySet<string>,
  policy: Policy,
  acceptStale: boolean,
  done: (values: Map<string, unknown>) => void,
): void {
  const { remote, clock } = scope.tiers.parts
  const now = clock.now()
  const values = new Map<string, unknown>()
  let missing = keys.size
  const take = (key: string, one: Served | undefined): void => {
    if (one !== undefined) values.set(scope.userKey(key), scope.present(one.entry.value, policy))
    missing--
    if (missing === 0) done(values)
  }
  const heard = (read: SharedRead, isShared: boolean): void =>
    take(read.key, answer(scope, policy, acceptStale, undefined, read, isShared))
  if (missing === 0) done(values)
  for (const key of keys) {
    scope.read(key)
    const remembered = policy.skipMemory ? undefined : recall(scope, key, now)
    const best = remembered && served(remembered, 'memory', now)
    if (remote === undefined || policy.skipRemote || best?.isStale === false) {
      take(key, accept(scope, best, acceptStale))
    } else if (best === undefined) {
      askRemote(scope, remote, key, policy, now, heard)
    } else {
      askRemote(scope, remote, key, policy, now, (read, isShared) =>
        take(key, answer(scope, policy, acceptStale, best, read, isShared)),
      )
    }
  }
}

/** What a read of the remote store comes to, beside what memory holds. */
function answer(
  scope: Scope,
  policy: Policy,
  acceptStale: boolean,
  best: Served | undefined,
  read: SharedRead,
  isShared: boolean,
): Served | undefined {
  if (isShared) scope.counters.coalesced++
  if (read.entry !== undefined) return accept(scope, served(read.entry, 'remote', read.settledAt), acceptStale)
  const unvouched = read.isAway ? recallUnvouched(scope, read.key, policy) : undefined
  if (unvouched === undefined) return accept(scope, best, acceptStale)
  const isFresh = read.settledAt < unvouched.staleAt
  return accept(scope, { entry: unvouched, from: 'memory', isStale: true }, acceptStale || isFresh)
}

/** Joins the read of the key that is under way, or begins one. `isShared`: another had begun it. */
export function askRemote(
  scope: Scope,
  remote: Remote,
  key: string,
  policy: Policy,
  now: number,
  done: (read: SharedRead, isShared: boolean) => void,
): void {
  const { tiers } = scope
  const { seq } = tiers.tags
  const deadlineAt = now + remote.timeoutMs
  const shared = sharedRead(tiers, key)
  if (shared === undefined) {
    new SharedRead(tiers, remote, key, deadlineAt, policy.skipMemory).onSettled(done)
    return
  }
  shared.onSettled((read) => {
    // It may have read before a tag was invalidated that this caller knows to be invalidated: then it asks by itself.
    if (isOutdatedFor(tiers, read.startSeq, read.entry?.tags ?? [], seq))
      new SharedRead(tiers, remote, key, deadlineAt, policy.skipMemory).onSettled(done)
    else done(read, true)
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

/** Counts a read that was answered by a tier. */
export function countHit(scope: Scope, served: Served): void {
  const { counters } = scope
  if (served.from === 'memory') counters.memoryHits++
  else counters.remoteHits++
  if (served.isStale) counters.staleHits++
}
