import type { Entry } from './contracts.ts'
import { isDead, isGood } from './entry.ts'
import type { Policy } from './options.ts'
import type { Scope } from './scope.ts'

/** What memory holds for a key that is good now, fresh or stale. What can never be good again is dropped. */
export function recall(scope: Scope, key: string, now: number): Entry | undefined {
  const { memory } = scope.tiers.parts
  const entry = memory?.get(key)
  if (entry === undefined) return undefined
  if (now < entry.expiresAt && isGood(entry, now)) return entry
  if (now >= entry.expiresAt || isDead(entry)) memory?.delete(key)
  return undefined
}

/** What memory holds for a key although nobody vouches for it any more, because the remote store cannot be reached. */
export function recallUnvouched(scope: Scope, key: string, policy: Policy): Entry | undefined {
  const entry = policy.staleIfUnreachable && !policy.skipMemory ? scope.tiers.parts.memory?.get(key) : undefined
  if (entry === undefined || isDead(entry)) return undefined
  const now = scope.tiers.parts.clock.now()
  return isServable(entry, policy, now) ? entry : undefined
}

/** Whether an entry may still be served under a caller's grace: fresh, or past its ttl by no more than that. */
export function isServable(entry: Entry, policy: Policy, now: number): boolean {
  return now < entry.expiresAt && now < entry.staleAt + policy.graceMs
}
