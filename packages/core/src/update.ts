import type { Entry, Lease } from './contracts.ts'
import { SerializationError } from './errors.ts'
import { everywhere, queued, remove, type Written } from './invalidate.ts'
import { entryOf, forgetOthers, keepWritten, ownEntry } from './made.ts'
import type { Policy } from './options.ts'
import type { Scope } from './scope.ts'

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
  tiers.forgetKey(key)
  const since = tiers.begin(key)
  try {
    const lease = await takeLease(scope, key, policy)
    let value: unknown
    let entry: Entry | undefined
    try {
      value = await make()
      entry = entryOf(scope, value, policy, tiers.parts.clock.now())
    } catch (error) {
      await remove(scope, [key])
      throw error
    }
    if (entry === undefined) return { value, ...(await remove(scope, [key])) }
    scope.counters.sets++
    const usesRemote = remote !== undefined && !policy.skipRemote && scope.isRemoteAble(entry.tags)
    const { payload, own } = await prepare(scope, key, entry, policy, usesRemote)
    if (!usesRemote) {
      keepWritten(scope, key, own, { policy, stored: remote === undefined ? [] : undefined, since })
      return { value, ...(remote === undefined ? everywhere : await remove(scope, [key])) }
    }
    try {
      // Without the token another's newer value may stand there: then the key is removed. A store without tokens is told by what
      // this process saw.
      const isFenced = lease !== undefined || (remote.store.lease === undefined && !since.mark.isDirty)
      const stored = await remote.settle({
        key,
        lease,
        write: isFenced ? scope.remoteWrite(key, payload, entry) : undefined,
      })
      keepWritten(scope, key, own, { policy, stored, since })
      return { value, ...everywhere }
    } catch {
      tiers.parts.journal.addKeys([key])
      forgetOthers(scope, key, since)
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
    return { payload, own: ownEntry(scope, entry, policy) }
  } catch (cause) {
    scope.serializationFailed(key, cause)
    await remove(scope, [key])
    throw cause instanceof SerializationError ? cause : scope.unserializable(key, cause)
  }
}
