import type { Asked } from './batch.ts'
import type { Entry, Guard, RemoteEntry, RemoteRead } from './contracts.ts'
import { makeEntry } from './entry.ts'
import { splitKey } from './keys.ts'
import { mayJoin, mayJoinAtOnce } from './join.ts'
import type { Joinable } from './joinable.ts'
import type { Mark } from './marks.ts'
import type { Remote } from './remote.ts'
import { isVouching, type Beginning, type Tiers } from './tiers.ts'

/**
 * A read of one key in the remote store, shared by all who want it meanwhile. It is its own mark: what detaches it, an
 * invalidation of its key, also keeps its result out of memory. Many are under way at once, so it is one object and no promise.
 */
export class SharedRead implements Joinable, Mark, FoundBeginning, Asked<string, RemoteRead> {
  readonly key: string
  readonly deadlineAt: number
  readonly startedAt: number
  readonly startSeq: number
  readonly guard: Guard | undefined
  readonly tags: readonly string[] = noTags
  isDetached = false
  settled = false
  /** When it was answered, or failed. */
  settledAt = 0
  /** A valid entry, fresh or stale, decoded. */
  entry: Entry | undefined
  /** What stands at the key, to be handed back with a lease. */
  seen: RemoteRead
  /** The store could not be asked. */
  isAway = false
  readonly #tiers: Tiers
  readonly skipMemory: boolean
  #first: Heard | undefined
  #others: Heard[] | undefined

  constructor(tiers: Tiers, remote: Remote, key: string, deadlineAt: number, skipMemory: boolean) {
    this.#tiers = tiers
    this.skipMemory = skipMemory
    this.key = key
    this.deadlineAt = deadlineAt
    this.startedAt = deadlineAt - remote.timeoutMs
    this.startSeq = tiers.tags.seq
    this.guard = remote.store.guard?.(key)
    const replaced = tiers.reads.replace(key, this)
    // Only what stands in the table hears of invalidations.
    if (replaced !== undefined) replaced.isDetached = true
    remote.read(this)
  }

  get input(): string {
    return this.key
  }

  get mark(): Mark {
    return this
  }

  get isDirty(): boolean {
    return this.isDetached
  }

  /** Calls back when it has been answered, in the same turn in which the reply was handled. The first to ask is who began it. */
  onSettled(heard: Heard): void {
    if (this.#first === undefined) this.#first = heard
    else (this.#others ??= []).push(heard)
  }

  answered(seen: RemoteRead, now: number): void {
    this.settledAt = now
    // Stores of others may answer with `null`.
    this.seen = seen ?? undefined
    try {
      if (this.seen?.type === 'entry') this.entry = keepFound(this.#tiers, this.key, this.seen, this)
    } finally {
      this.#settle()
    }
  }

  failed(): void {
    this.settledAt = this.#tiers.parts.clock.now()
    this.isAway = true
    this.#settle()
  }

  #settle(): void {
    // What was detached or replaced stands there no more.
    if (!this.isDetached) this.#tiers.reads.drop(this.key)
    this.#first?.(this, false)
    if (this.#others !== undefined) for (const heard of this.#others) heard(this, true)
  }
}

/** `isShared`: another had begun it. */
type Heard = (read: SharedRead, isShared: boolean) => void

const noTags: readonly string[] = []

/** The read of a key that is under way and may be shared without a doubt. */
export function sharedRead(tiers: Tiers, key: string): SharedRead | undefined {
  const underWay = tiers.reads.get(key)
  return underWay instanceof SharedRead && mayJoinAtOnce(tiers, underWay) ? underWay : undefined
}

/** Joins the read of a key that is under way, or begins one, and waits for it. Never rejects. */
export async function findRemote(
  tiers: Tiers,
  remote: Remote,
  key: string,
  deadlineAt: number,
  skipMemory: boolean,
): Promise<SharedRead> {
  const underWay = tiers.reads.get(key)
  const isShared = underWay instanceof SharedRead && (await mayJoin(tiers, underWay)) && !underWay.settled
  const read = isShared ? underWay : new SharedRead(tiers, remote, key, deadlineAt, skipMemory)
  return new Promise((resolve) => read.onSettled(() => resolve(read)))
}

/** What is known of a read that found something. */
interface FoundBeginning extends Beginning {
  /** When it was found. */
  readonly settledAt: number
  /** Memory keeps nothing of it. */
  readonly skipMemory: boolean
}

/** An entry of the remote store, decoded and kept in memory; `undefined` when its bytes are not ours to read, or it has ended. */
export function keepFound(tiers: Tiers, key: string, found: RemoteEntry, since: FoundBeginning): Entry | undefined {
  const { serializer, events, remote } = tiers.parts
  if (found.serializer !== serializer.name || since.settledAt >= found.expiresAt) return undefined
  if (remote?.refuses(key, found) === true) return undefined
  let value: unknown
  try {
    value = serializer.deserialize(found.payload)
  } catch (cause) {
    events.emit('serializationError', { ...splitKey(key), cause })
    return undefined
  }
  const entry = makeEntry(value, found, found.tags, tiers.guards(found.tags, found.guards))
  if (!since.skipMemory) tiers.keepGuarded(key, entry, since, isVouching(found.guards))
  return entry
}
