import type { Entry, Lease, Stored } from './contracts.ts'
import { makeEntry } from './entry.ts'
import { SerializationError } from './errors.ts'
import { everywhere, memoryOnly, queued, remove, worst, type Written } from './invalidate.ts'
import { parseTags, type Policy } from './options.ts'
import type { Scope } from './scope.ts'
import type { OwnBeginning } from './tiers.ts'

/** Writes entries unconditionally: the last writer wins, in the remote store's order. */
export async function write(
  scope: Scope,
  entries: readonly (readonly [key: string, value: unknown])[],
  policy: Policy,
): Promise<Written> {
  const written = await Promise.all(entries.map(([key, value]) => writeOne(scope, key, value, policy)))
  return worst(written)
}

async function writeOne(scope: Scope, key: string, value: unknown, policy: Policy): Promise<Written> {
  const { tiers, counters } = scope
  const { remote } = tiers.parts
  counters.sets++
  tiers.forgetKeys([key])
  const entry = value === undefined ? undefined : entryOf(scope, value, policy)
  if (entry === undefined) return remove(scope, [key])
  const usesRemote = remote !== undefined && !policy.skipRemote && scope.isRemoteAble(entry.tags)
  const prepared = await prepare(scope, key, entry, policy, usesRemote)
  const since = tiers.begin(key)
  try {
    if (!usesRemote) {
      if (!policy.skipMemory) tiers.keepAlone(key, prepared.own, since)
      return remote === undefined ? everywhere : memoryOnly
    }
    const stored = await remote.write(scope.remoteWrite(key, prepared.payload, entry))
    keepWritten(scope, key, prepared.own, { policy, stored, since })
    return everywhere
  } catch {
    tiers.parts.journal.addKeys([key])
    if (!policy.skipMemory) tiers.keepAlone(key, prepared.own, since)
    return queued
  } finally {
    tiers.marks.end(key, since.mark)
  }
}

interface Kept {
  readonly policy: Policy
  readonly stored: Stored
  readonly since: OwnBeginning
}

/** What was written may stand in memory if nothing was heard since; whatever else was under way for the key keeps nothing. */
function keepWritten(scope: Scope, key: string, entry: Entry, { policy, stored, since }: Kept): void {
  const { tiers } = scope
  const { isDirty } = since.mark
  tiers.forgetKeys([key])
  since.mark.isDirty = isDirty
  if (!policy.skipMemory) tiers.keep(key, entry, stored, since)
}

/** The bytes and the memory copy of an entry. What cannot become bytes takes the old value with it. */
async function prepare(
  scope: Scope,
  key: string,
  entry: Entry,
  policy: Policy,
  usesRemote: boolean,
): Promise<{ payload: Uint8Array; own: Entry }> {
  try {
    const payload = usesRemote ? scope.serialize(entry.value) : new Uint8Array()
    const value = policy.isolation === 'clone' ? scope.clone(entry.value) : scope.present(entry.value, policy)
    return { payload, own: makeEntry(value, entry, entry.tags) }
  } catch (cause) {
    scope.serializationFailed(key, cause)
    await remove(scope, [key])
    if (cause instanceof SerializationError) throw cause
    throw new SerializationError(`The value of ${JSON.stringify(scope.userKey(key))} cannot be serialized.`, { cause })
  }
}

function entryOf(scope: Scope, value: unknown, policy: Policy): Entry | undefined {
  const dynamic =
    policy.tagsOf === undefined ? policy.tags : [...policy.tags, ...parseTags(policy.tagsOf(value as never))]
  const life = scope.life(policy, scope.tiers.parts.clock.now(), value)
  return life === undefined ? undefined : makeEntry(value, life, scope.allTags(dynamic))
}

/**
 * Writes through, fenced: the right to write is taken before `make` writes the database, so that no older value can land
 * after it. `make` runs whatever becomes of the remote store; when it throws, the key is removed.
 */
export async function update(
  scope: Scope,
  key: string,
  make: () => unknown,
  policy: Policy,
): Promise<{ readonly value: unknown } & Written> {
  const { tiers } = scope
  const { remote } = tiers.parts
  tiers.forgetKeys([key])
  const since = tiers.begin(key)
  const tags = scope.allTags(policy.tags)
  try {
    const lease = await takeLease(scope, key, policy)
    let value: unknown
    try {
      value = await make()
    } catch (error) {
      await remove(scope, [key])
      throw error
    }
    const entry = value === undefined ? undefined : entryOf(scope, value, policy)
    if (entry === undefined) return { value, ...(await remove(scope, [key])) }
    scope.counters.sets++
    const usesRemote = remote !== undefined && !policy.skipRemote && scope.isRemoteAble(tags)
    const { payload, own } = await prepare(scope, key, entry, policy, usesRemote)
    if (!usesRemote) {
      keepWritten(scope, key, own, { policy, stored: remote === undefined ? [] : undefined, since })
      return { value, ...(remote === undefined ? everywhere : await remove(scope, [key])) }
    }
    try {
      // Without the token another's newer value may stand there: then the key is removed.
      const isFenced = lease !== undefined || remote.store.lease === undefined
      const stored = await remote.settle({
        key,
        lease,
        write: isFenced ? scope.remoteWrite(key, payload, entry) : undefined,
      })
      keepWritten(scope, key, own, { policy, stored, since })
      return { value, ...everywhere }
    } catch {
      tiers.parts.journal.addKeys([key])
      const { isDirty } = since.mark
      tiers.forgetKeys([key])
      since.mark.isDirty = isDirty
      if (!policy.skipMemory) tiers.keepAlone(key, own, since)
      return { value, ...queued }
    }
  } finally {
    tiers.marks.end(key, since.mark)
  }
}

async function takeLease(scope: Scope, key: string, policy: Policy): Promise<Lease | undefined> {
  const { remote } = scope.tiers.parts
  if (remote === undefined || policy.skipRemote) return undefined
  try {
    const tags = scope.remoteTags(scope.allTags(policy.tags))
    const reply = await remote.lease(
      { key, tags, leaseMs: policy.timeoutMs + 5_000, seen: undefined, always: true },
      remote.deadline(),
    )
    return reply?.type === 'lease' ? reply : undefined
  } catch {
    return undefined
  }
}
