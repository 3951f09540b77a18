import type { Entry, Stored } from './contracts.ts'
import { makeEntry } from './entry.ts'
import { parseTags, type Policy } from './options.ts'
import { ttlOf, type Scope } from './scope.ts'
import type { OwnBeginning } from './tiers.ts'

/** The entry of a value that the user made by `now`; `undefined` when it is not to be stored. */
export function entryOf(scope: Scope, value: unknown, policy: Policy, now: number): Entry | undefined {
  if (value === undefined) return undefined
  const dynamic =
    policy.tagsOf === undefined ? policy.tags : [...policy.tags, ...parseTags(policy.tagsOf(value as never))]
  const life = scope.life(policy, ttlOf(policy, value), now, now)
  return life === undefined ? undefined : makeEntry(value, life, scope.allTags(dynamic))
}

/**
 * The entry as memory keeps it: shared, frozen or copied.
 *
 * @throws what the serializer throws, when a copy cannot be made
 */
export function ownEntry(scope: Scope, entry: Entry, policy: Policy): Entry {
  if (policy.isolation === 'reference') return entry
  const value = policy.isolation === 'clone' ? scope.clone(entry.value) : scope.present(entry.value, policy)
  return makeEntry(value, entry, entry.tags)
}

/** What was stored, and under which conditions it may stand in memory. */
export interface Kept {
  readonly policy: Policy
  readonly stored: Stored
  readonly since: OwnBeginning
}

/** What was written may stand in memory if nothing was heard since; whatever else was under way for the key keeps nothing. */
export function keepWritten(scope: Scope, key: string, entry: Entry, { policy, stored, since }: Kept): void {
  const { tiers } = scope
  forgetOthers(scope, key, since)
  if (!policy.skipMemory) tiers.keep(key, entry, stored, since)
}

/** Whatever else was under way for the key keeps nothing; what was made of it since `since` is judged by its own mark. */
export function forgetOthers(scope: Scope, key: string, since: OwnBeginning): void {
  const { isDirty } = since.mark
  scope.tiers.forgetKey(key)
  since.mark.isDirty = isDirty
}

/** What was made here stands in memory alone. */
export function keepAlone(scope: Scope, key: string, entry: Entry, policy: Policy): void {
  if (policy.skipMemory) return
  const { tiers } = scope
  const since = tiers.begin(key)
  tiers.keepAlone(key, entry, since)
  tiers.marks.end(key, since.mark)
}
