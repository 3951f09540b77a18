import type { Entry, RemoteWrite } from './contracts.ts'
import { SerializationError } from './errors.ts'
import { everywhere, memoryOnly, queued, remove, worst, type Written } from './invalidate.ts'
import type { Policy } from './options.ts'
import { entryOf, keepAlone, keepWritten, ownEntry } from './made.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'
import type { OwnBeginning } from './tiers.ts'

/** An entry on its way to the remote store. */
interface Sent {
  readonly key: string
  readonly own: Entry
  readonly write: RemoteWrite
}

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
  const sent: Sent[] = []
  const removed: string[] = []
  const alone: { readonly key: string; readonly own: Entry }[] = []
  let failure: unknown
  scope.counters.sets += entries.length
  tiers.forgetKeys(entries.map(([key]) => key))
  for (const [key, value] of entries) {
    const entry = entryOf(scope, value, policy)
    const usesRemote = remote !== undefined && !policy.skipRemote
    try {
      if (entry === undefined) removed.push(key)
      else if (usesRemote && scope.isRemoteAble(entry.tags)) {
        const payload = scope.serialize(entry.value)
        sent.push({ key, own: ownEntry(scope, entry, policy), write: scope.remoteWrite(key, payload, entry) })
      } else {
        alone.push({ key, own: ownEntry(scope, entry, policy) })
        // What stands in the remote store is not what was written.
        if (usesRemote) removed.push(key)
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
  ])
  for (const { key, own } of alone) keepAlone(scope, key, own, policy)
  if (failure !== undefined) throw failure
  return worst(alone.length === 0 || remote === undefined ? written : [...written, memoryOnly])
}

async function send(scope: Scope, remote: Remote, sent: readonly Sent[], policy: Policy): Promise<Written> {
  const { tiers } = scope
  const since: OwnBeginning[] = sent.map(({ key }) => tiers.begin(key))
  try {
    const stored = await remote.writeMany(sent.map(({ write }) => write))
    for (const [i, { key, own }] of sent.entries()) {
      keepWritten(scope, key, own, { policy, stored: stored[i], since: since[i]! })
    }
    return everywhere
  } catch {
    tiers.parts.journal.addKeys(sent.map(({ key }) => key))
    if (!policy.skipMemory) for (const [i, { key, own }] of sent.entries()) tiers.keepAlone(key, own, since[i]!)
    return queued
  } finally {
    for (const [i, { key }] of sent.entries()) tiers.marks.end(key, since[i]!.mark)
  }
}
