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
  const remembered = policy.skipMemory ? undefined : recall(scope, key)
  const best: Served | undefined = remembered && served(remembered, 'memory', clock.now())
  if (remote === undefined || policy.skipRemote || best?.isStale === false)
    return done(accept(scope, best, acceptStale))
  askRemote(scope, remote, key, policy, (read, isShared) => {
    if (isShared) scope.counters.coalesced++
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

/** Joins the read of the key that is under way, or begins one. `isShared`: another had begun it. */
export function askRemote(
  scope: Scope,
  remote: Remote,
  key: string,
  policy: Policy,
  done: (read: SharedRead, isShared: boolean) => void,
): void {
  const { tiers } = scope
  const { seq } = tiers.tags
  const shared = sharedRead(tiers, key)
  if (shared === undefined) {
    new SharedRead(tiers, remote, key, remote.deadline(), policy.skipMemory).onSettled(done)
    return
  }
  const deadlineAt = remote.deadline()
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
