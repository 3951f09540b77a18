import type { Entry, RemoteWrite } from './contracts.ts'
import { SerializationError } from './errors.ts'
import { everywhere, memoryOnly, queued, remove, worst, type Written } from './invalidate.ts'
import type { Policy } from './options.ts'
import { entryOf, forgetOthers, keepAlone, keepWritten, ownEntry } from './made.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'

/** An entry on its way to the remote store. */
interface Sent {
  readonly key: string
  readonly own: Entry
  readonly write: RemoteWrite
}

/** An entry that the remote store cannot hold. */
type Alone = Omit<Sent, 'write'>

/**
 * Writes entries unconditionally: the last writer wins, in the remote store's order. A value that cannot become bytes takes the old
 * one with it, and the others are written all the same.
 *
 * @throws {SerializationError} the first of those
 */
export async function write(
  scope: Scope,
  entries: readonly (readonly [key: string, value: unknown])[],
  policy: Policy,
): Promise<Written> {
  const { tiers } = scope
  const { remote } = tiers.parts
  const usesRemote = remote !== undefined && !policy.skipRemote
  const now = tiers.parts.clock.now()
  // All of them are made before anything is forgotten: a function of the user's may throw.
  const made = entries.map(([, value]) => entryOf(scope, value, policy, now))
  const sent: Sent[] = []
  const alone: Alone[] = []
  const removed: string[] = []
  let failure: unknown
  scope.counters.sets += entries.length
  for (const [key] of entries) tiers.forgetKey(key)
  for (let i = 0; i < entries.length; i++) {
    const key = entries[i]![0]
    const entry = made[i]
    try {
      if (entry === undefined) removed.push(key)
      else if (usesRemote && scope.isRemoteAble(entry.tags)) {
        const payload = scope.serialize(entry.value)
        sent.push({ key, own: ownEntry(scope, entry, policy), write: scope.remoteWrite(key, payload, entry) })
      } else {
        const own = ownEntry(scope, entry, policy)
        if (usesRemote) alone.push({ key, own })
        else keepAlone(scope, key, own, policy)
      }
    } catch (cause) {
      scope.serializationFailed(key, cause)
      removed.push(key)
      failure ??= cause instanceof SerializationError ? cause : scope.unserializable(key, cause)
    }
  }
  const written = await Promise.all([
    ...(removed.length === 0 ? [] : [remove(scope, removed)]),
    ...(sent.length === 0 || remote === undefined ? [] : [send(scope, remote, sent, policy)]),
    ...(alone.length === 0 || remote === undefined ? [] : [sendNothing(scope, remote, alone, policy)]),
  ])
  if (failure !== undefined) throw failure
  return worst(remote !== undefined && policy.skipRemote ? [...written, memoryOnly] : written)
}

async function send(scope: Scope, remote: Remote, sent: readonly Sent[], policy: Policy): Promise<Written> {
  const { tiers } = scope
  const now = tiers.parts.clock.now()
  const since = sent.map(({ key }) => tiers.begin(key, now))
  try {
    const stored = await remote.writeMany(sent.map(({ write }) => write))
    for (let i = 0; i < sent.length; i++) {
      const { key, own } = sent[i]!
      keepWritten(scope, key, own, { policy, stored: stored[i], since: since[i]! })
    }
    return everywhere
  } catch {
    tiers.parts.journal.addKeys(sent.map(({ key }) => key))
    if (!policy.skipMemory) for (const [i, { key, own }] of sent.entries()) tiers.keepAlone(key, own, since[i]!)
    return queued
  } finally {
    for (let i = 0; i < sent.length; i++) tiers.marks.end(sent[i]!.key, since[i]!.mark)
  }
}

/** What stands in the remote store is not what was written, which stands in memory alone. */
async function sendNothing(scope: Scope, remote: Remote, alone: readonly Alone[], policy: Policy): Promise<Written> {
  const { tiers } = scope
  const keys = alone.map(({ key }) => key)
  const since = keys.map((key) => tiers.begin(key))
  try {
    await remote.remove(keys)
    return memoryOnly
  } catch {
    tiers.parts.journal.addKeys(keys)
    return queued
  } finally {
    for (const [i, { key, own }] of alone.entries()) {
      forgetOthers(scope, key, since[i]!)
      if (!policy.skipMemory) tiers.keepAlone(key, own, since[i]!)
      tiers.marks.end(key, since[i]!.mark)
    }
  }
}
