import type { Joinable } from './joinable.ts'
import type { Tiers } from './tiers.ts'

/**
 * Whether a caller may join. When the heartbeat does not vouch for the session any more (this process was stopped, or its event
 * loop blocked), everything announced meanwhile is heard first; when that is impossible, a load may be shared for `maxStaleness`.
 */
export function mayJoin(tiers: Tiers, joinable: Joinable): boolean | Promise<boolean> {
  if (joinable.isDetached) return false
  return isVouched(tiers, joinable) || afterBarrier(tiers, joinable)
}

/** Whether a caller may join without a doubt. */
export function mayJoinAtOnce(tiers: Tiers, joinable: Joinable): boolean {
  return !joinable.isDetached && isVouched(tiers, joinable)
}

function isVouched(tiers: Tiers, { guard }: Joinable): boolean {
  return guard === undefined || tiers.parts.clock.now() < guard.goodUntil
}

async function afterBarrier(tiers: Tiers, joinable: Joinable): Promise<boolean> {
  const { remote, clock, maxStalenessMs } = tiers.parts
  try {
    if (remote?.store.barrier === undefined) return false
    await remote.barrier(joinable.key)
    return isUnderWay(tiers, joinable)
  } catch {
    return isUnderWay(tiers, joinable) && clock.now() < joinable.startedAt + maxStalenessMs
  }
}

/** What ended meanwhile hears of no invalidation any more: only what still stands in the table does. */
function isUnderWay(tiers: Tiers, joinable: Joinable): boolean {
  const { key } = joinable
  return !joinable.isDetached && (tiers.flights.get(key) === joinable || tiers.reads.get(key) === joinable)
}

/** Whether what came of it must not be given to a caller that began at `seq`: one of its tags was invalidated in between. */
export function isOutdatedFor(tiers: Tiers, startSeq: number, tags: readonly string[], seq: number): boolean {
  return seq > startSeq && tiers.tags.invalidatedSince(tags, startSeq)
}
