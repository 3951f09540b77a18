import type { Entry, Guard, RemoteEntry, RemoteRead } from './contracts.ts'
import { makeEntry } from './entry.ts'
import { mayJoin } from './join.ts'
import type { Joinable } from './joinable.ts'
import type { Remote } from './remote.ts'
import type { Beginning, Tiers } from './tiers.ts'

/** What a read of the remote store found. */
export interface Found {
  /** A valid entry, fresh or stale, decoded. */
  readonly entry: Entry | undefined
  /** What stands at the key, to be handed back with a lease. */
  readonly seen: RemoteRead
  /** The store could not be asked. */
  readonly isAway: boolean
  /** When the read began, in the tag table's sequence. */
  readonly startSeq: number
  readonly isShared: boolean
}

/** A read of one key in the remote store, shared by all who want it meanwhile. */
export class SharedRead implements Joinable {
  readonly key: string
  readonly startedAt: number
  readonly startSeq: number
  readonly guard: Guard | undefined
  readonly found: Promise<Found>
  readonly tags: readonly string[] = []
  isDetached = false

  constructor(tiers: Tiers, remote: Remote, key: string, deadlineAt: number, skipMemory: boolean) {
    this.key = key
    this.startedAt = tiers.parts.clock.now()
    this.startSeq = tiers.tags.seq
    this.guard = remote.store.guard?.(key)
    this.found = this.#read(tiers, remote, deadlineAt, skipMemory)
  }

  async #read(tiers: Tiers, remote: Remote, deadlineAt: number, skipMemory: boolean): Promise<Found> {
    const since = tiers.begin(this.key)
    try {
      const seen = await remote.read(this.key, deadlineAt)
      const entry = seen?.type === 'entry' ? keepFound(tiers, this.key, seen, since, skipMemory) : undefined
      return { entry, seen, isAway: false, startSeq: this.startSeq, isShared: false }
    } catch {
      return { entry: undefined, seen: undefined, isAway: true, startSeq: this.startSeq, isShared: false }
    } finally {
      tiers.marks.end(this.key, since.mark)
      if (tiers.reads.get(this.key) === this) tiers.reads.delete(this.key)
    }
  }
}

/** Joins the read of a key that is under way, or begins one. Never rejects. */
export async function findRemote(
  tiers: Tiers,
  remote: Remote,
  key: string,
  deadlineAt: number,
  skipMemory: boolean,
): Promise<Found> {
  const underWay = tiers.reads.get(key)
  if (underWay instanceof SharedRead) {
    const may = mayJoin(tiers, underWay)
    if (may === true || (may !== false && (await may))) return { ...(await underWay.found), isShared: true }
  }
  const read = new SharedRead(tiers, remote, key, deadlineAt, skipMemory)
  if (!tiers.reads.has(key)) tiers.reads.set(key, read)
  return read.found
}

/** An entry of the remote store, decoded and kept in memory; `undefined` when its bytes are not ours to read, or it has ended. */
export function keepFound(
  tiers: Tiers,
  key: string,
  found: RemoteEntry,
  since: Beginning,
  skipMemory: boolean,
): Entry | undefined {
  const { serializer, clock, events } = tiers.parts
  if (found.serializer !== serializer.name || clock.now() >= found.expiresAt) return undefined
  let value: unknown
  try {
    value = serializer.deserialize(found.payload)
  } catch (cause) {
    events.emit('serializationError', { key, cause })
    return undefined
  }
  const entry = makeEntry(value, found, found.tags)
  if (!skipMemory) tiers.keep(key, entry, found.guards ?? [], since)
  return entry
}
