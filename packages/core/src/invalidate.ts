import type { Invalidation } from './contracts.ts'
import type { Journal } from './journal.ts'
import { wholePatterns } from './keys.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'

/** What a write or an invalidation reached. */
export interface Written {
  /** `'all'`: memory and the remote store, if there is one. `'memory'`: this process only, for now. */
  readonly reached: 'all' | 'memory'
  /** The remote store was away: the invalidation is journalled, and replayed before the store is read again. */
  readonly queued: boolean
}

export const everywhere: Written = { reached: 'all', queued: false }
export const queued: Written = { reached: 'memory', queued: true }
export const memoryOnly: Written = { reached: 'memory', queued: false }

/** What several writes reached together. */
export function worst(written: readonly Written[]): Written {
  return written.find((one) => one.queued) ?? written.find((one) => one.reached === 'memory') ?? everywhere
}

/** Removes keys everywhere and announces them. With `holdMs`, nothing can be filled under them for that long. */
export async function remove(scope: Scope, keys: readonly string[], holdMs?: number): Promise<Written> {
  if (keys.length === 0) return everywhere
  scope.counters.deletes += keys.length
  return invalidate(scope, { type: 'keys', names: keys }, (remote) => remote.remove(keys, holdMs))
}

/** Makes entries stale from now on; grace may still serve them. */
export async function expire(scope: Scope, keys: readonly string[]): Promise<Written> {
  scope.counters.invalidations++
  if (keys.length === 0) return everywhere
  const what: Invalidation = { type: 'keys', names: keys }
  return invalidate(
    scope,
    what,
    (remote) => remote.expire(keys),
    () => scope.tiers.expireHere(keys),
  )
}

export async function invalidateTags(scope: Scope, tags: readonly string[]): Promise<Written> {
  scope.counters.invalidations++
  if (tags.length === 0) return everywhere
  return invalidate(scope, { type: 'tags', names: tags }, (remote) => remote.invalidateTags(tags))
}

export async function invalidateMatching(scope: Scope, glob: string): Promise<Written> {
  scope.counters.invalidations++
  const [first, ...others] = wholePatterns(scope.namespace, glob).map(
    (pattern) => () => invalidate(scope, { type: 'pattern', pattern }, (remote) => remote.invalidateMatching(pattern)),
  )
  let written = await first!()
  for (const other of others) written = least(written, await other())
  return written
}

/** What two invalidations have reached together. */
function least(one: Written, other: Written): Written {
  return { reached: one.reached === 'all' ? other.reached : one.reached, queued: one.queued || other.queued }
}

/** Everything of this scope: the whole cache with its namespaces, or one namespace with those nested in it. */
export async function clear(scope: Scope): Promise<Written> {
  if (scope.namespace !== '') return invalidateTags(scope, scope.hiddenTags.slice(-1))
  scope.counters.invalidations++
  return invalidate(scope, { type: 'all' }, (remote) => remote.clear())
}

/**
 * Forgets here, sends, and forgets again when it was acknowledged: what began in between may have read the old value. When the
 * store cannot be reached, or the outcome is unknown, it is journalled.
 */
async function invalidate(
  scope: Scope,
  what: Invalidation,
  send: (remote: Remote) => Promise<void>,
  forget: () => void = () => scope.tiers.forget(what),
): Promise<Written> {
  const { tiers } = scope
  const { remote, journal } = tiers.parts
  forget()
  tiers.invalidated(what, 'local')
  if (remote === undefined) return everywhere
  try {
    await send(remote)
    return remote.reaches(what) ? everywhere : memoryOnly
  } catch {
    note(journal, what)
    return queued
  } finally {
    forget()
  }
}

function note(journal: Journal, what: Invalidation): void {
  if (what.type === 'keys') journal.addKeys(what.names)
  else if (what.type === 'tags') journal.addTags(what.names)
  else journal.addAll()
}
