/**
 * Every contract of Holdfast: what a memory tier, a remote tier, a serializer and a clock must do.
 * An adapter is written from this file alone, and proven by the suites of `@holdfast/testing`. Imports nothing.
 *
 * Instants (`…At`, `goodUntil`) are milliseconds of the cache's {@link Clock}: steady, near the Unix epoch, never stepping back.
 * A store whose server has another clock converts at its own edge. Lengths (`…Ms`) are milliseconds.
 */

/** The source of time. One per cache; the system's by default, a hand-moved one in tests. */
export interface Clock {
  /** Now, in milliseconds since the Unix epoch as known when the process started, advancing monotonically. */
  now(): number
  /** Calls `fire` once after `delayMs`. The timer never keeps the process alive. */
  setTimer(fire: () => void, delayMs: number): unknown
  /** Forgets a timer. A fired or unknown one is ignored. */
  clearTimer(timer: unknown): void
  /** Calls `fire` after the input that already waits at the process has been handled once (`setImmediate`). */
  afterInput(fire: () => void): void
}

/**
 * Something an entry depends on: a tag, a session with the remote store. Shared between entries, so that a
 * single write ends all of them.
 */
export interface Guard {
  /** Known unchanged until this instant; `-Infinity` once it changed, and then for ever. */
  goodUntil: number
}

/** A value as the memory tier keeps it. */
export interface Entry<V = unknown> {
  readonly value: V
  /** When the load or write that made the value began. */
  readonly createdAt: number
  /** The end of its ttl: stale from here on. */
  readonly staleAt: number
  /** The end of its grace: gone from here on. */
  readonly expiresAt: number
  readonly tags: readonly string[]
  /** The entry is good only while every one of these is. */
  readonly guards?: readonly Guard[]
}

/**
 * A synchronous tier that keeps values by reference. It may drop any entry at any time; it never returns an entry under another
 * key, and need not look at `guards` or instants (the cache does), though it should make room from expired entries first.
 */
export interface MemoryStore {
  get(key: string): Entry | undefined
  set(key: string, entry: Entry): void
  delete(key: string): void
  clear(): void
  keys(): Iterable<string>
  /** How many entries it holds. */
  readonly size: number
  /** Estimated bytes it holds, where it counts them. */
  readonly bytes?: number
  /** The bound on {@link bytes}, where there is one. */
  readonly maxBytes?: number
  /** The bound on {@link size}, where there is one. */
  readonly maxEntries?: number
  /** Tells when an entry had to make room or had expired; at most one listener, set by the cache. */
  onEvict?: ((key: string, reason: EvictReason) => void) | undefined
}

/** Why a memory tier dropped an entry by itself. */
export type EvictReason = 'capacity' | 'expired'

/** Turns values into bytes and back. What cannot come back equal must throw in `serialize`. */
export interface Serializer {
  /** Names the format in the envelope: entries of another format are a miss. Change it when the bytes change. */
  readonly name: string
  serialize(value: unknown): Uint8Array
  deserialize(bytes: Uint8Array): unknown
}

/** What a remote tier is asked with each call. */
export interface RemoteCall {
  /** The instant by which the call should have settled; the store rejects then with `RemoteTimeoutError`. */
  readonly deadlineAt: number
}

/** An entry to be written to a remote tier. */
export interface RemoteWrite {
  readonly key: string
  readonly payload: Uint8Array
  /** {@link Serializer.name} of the payload. */
  readonly serializer: string
  readonly createdAt: number
  readonly staleAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
}

/** An entry found in a remote tier, known to be of the current epoch and with tags that have not been invalidated. */
export interface RemoteEntry {
  readonly type: 'entry'
  readonly payload: Uint8Array
  readonly serializer: string
  readonly createdAt: number
  readonly staleAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
  /** What it depends on. Absent when the store gives no coherence: the cache then bounds its life in memory itself. */
  readonly guards?: readonly Guard[]
}

/** Something at the key that is no valid entry (invalidated, foreign, a lease of somebody). Opaque; handed back with `lease`. */
export interface RemoteMiss {
  readonly type: 'miss'
  /** Why it is no hit, for `inspect`: `tag:…`, `epoch`, `lease`, `hold`, `foreign`. */
  readonly reason?: string
}

/** What is at a key: a valid entry, something else, or nothing. */
export type RemoteRead = RemoteEntry | RemoteMiss | undefined

/** The right to store what a load returns, unless something was invalidated meanwhile. Opaque to the cache. */
export interface Lease {
  readonly type: 'lease'
}

/** A request for the right to load a key. */
export interface LeaseRequest {
  readonly key: string
  /** Tags known before the load; their versions are taken now. */
  readonly tags: readonly string[]
  /** How long the lease must outlive the request, in milliseconds. */
  readonly leaseMs: number
  /** What the read before it found at the key. */
  readonly seen: RemoteRead
  /** Answer with a lease also when a valid entry stands there: an `update` replaces it. */
  readonly always?: boolean
  /** One process of the fleet is to load at a time: answer with a {@link TakenLease} where another does. A store may not know how. */
  readonly isSole?: boolean
}

/** Another process is loading the key. To be waited for, or left. */
export interface TakenLease {
  readonly type: 'taken'
  /** Calls back once, when the other is done or may be: it stored, gave up, was overtaken by an invalidation, or is heard of no more. */
  whenOver(over: () => void): void
  /** Waits no longer. */
  leave(): void
}

/** A load's result on its way to the store. `tags` of the write may hold more than the lease knew. */
export interface Fill {
  readonly lease: Lease
  readonly write: RemoteWrite
}

/** The end of an `update`: with a write it is stored if the lease still stands, else the key is removed; announced either way. */
export interface Settlement {
  readonly key: string
  readonly lease: Lease | undefined
  readonly write: RemoteWrite | undefined
}

/**
 * What became of a write: the guards that a memory copy must carry (empty when the store gives no coherence), or `undefined`
 * when the value was not stored, or may not be kept in memory.
 */
export type Stored = readonly Guard[] | undefined

/** What may not be served any longer. `pattern` is a glob over whole keys, `all` everything of the store's prefix. */
export type Invalidation =
  | { readonly type: 'keys'; readonly names: readonly string[] }
  | { readonly type: 'tags'; readonly names: readonly string[] }
  | { readonly type: 'pattern'; readonly pattern: string }
  | { readonly type: 'all' }

/** What could not be invalidated while the store was away. */
export interface Journalled {
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  /** Everything, because a pattern was invalidated or the journal overflowed. */
  readonly all: boolean
}

/** The cache as a store sees it. All methods are synchronous and never throw. */
export interface InvalidationListener {
  /** Another process invalidated something. */
  heard(what: Invalidation): void
  /** A session ended and a new one is about to open: loads and reads under way must keep nothing. */
  gap(): void
  /** Takes out what was journalled; `undefined` when nothing is. Asked before a session opens, until it is empty. */
  drain(): Journalled | undefined
  /** What `drain` gave holds now in the store. Each is told of once, with this or with `restore`. */
  applied(journalled: Journalled): void
  /** Puts back what `drain` gave and could not be applied. */
  restore(journalled: Journalled): void
  /** The store can be used, or no longer. For events and health only. */
  state?(state: RemoteState, cause?: unknown): void
}

/** Whether the store can be used. */
export type RemoteState = 'connecting' | 'ready' | 'away' | 'closed'

/** What a store needs to keep memory coherent. */
export interface ListenOptions {
  readonly clock: Clock
  /** How long memory may be believed after the last answered heartbeat, in milliseconds. */
  readonly maxStalenessMs: number
  /** How often a heartbeat is sent, in milliseconds. */
  readonly heartbeatMs: number
}

/** How coherent memory copies are: by announcements, or by their bounded life alone. */
export type Coherence = 'announcements' | 'max-staleness'

/** What a store says of itself. */
export interface RemoteDescription {
  readonly name: string
  readonly coherence: Coherence
  /** Promises that do not hold, each as a sentence. */
  readonly limits: readonly string[]
  readonly state?: RemoteState
  readonly details?: Readonly<Record<string, string | number | boolean>>
}

/** What the server of a remote store says of itself, since it started. What it does not tell is absent. */
export interface RemoteInfo {
  readonly usedBytes?: number
  /** What {@link usedBytes} may not exceed; absent when nothing bounds it. */
  readonly maxBytes?: number
  /** What it does when it is full, in its own words. */
  readonly evictionPolicy?: string
  /** Keys of anybody that it dropped because it was full. */
  readonly evictions?: number
  readonly expirations?: number
  /** Look-ups of anybody that found a key, or none: a lease or an invalidated entry is found too. */
  readonly keyspaceHits?: number
  readonly keyspaceMisses?: number
  readonly clients?: number
  readonly commands?: number
  readonly uptimeSeconds?: number
}

/**
 * An asynchronous tier of bytes. The first four methods are required; the others are abilities, present or absent.
 *
 * Keys are whole (namespace included), escaped by the cache and without the store's own prefix. Methods take batches and answer in
 * their order, in one round trip where that is possible. They reject when the outcome is unknown or the store cannot be used;
 * they never resolve with something they do not know.
 */
export interface RemoteStore {
  /**
   * The part of the store that a key, or what a tag depends on, lives in; `undefined` where it is not known. Parts fail each alone: who calls
   * for one part at a time is not stopped by the others.
   */
  partOf?(what: 'key' | 'tag', name: string): string | undefined
  getMany(keys: readonly string[], call: RemoteCall): Promise<readonly RemoteRead[]>
  /** Writes unconditionally (last writer wins) and announces the keys. */
  setMany(writes: readonly RemoteWrite[], call: RemoteCall): Promise<readonly Stored[]>
  /** Removes and announces. With `holdMs`, nothing can be filled under these keys for that long. */
  deleteMany(keys: readonly string[], call: RemoteCall, holdMs?: number): Promise<void>
  /** Ends everything the store opened. Idempotent; pending calls reject. */
  close(): Promise<void>

  /** Asks for the right to fill; answers with an entry when one was filled meanwhile. Present together with `fill` and `release`. */
  lease?(requests: readonly LeaseRequest[], call: RemoteCall): Promise<readonly (Lease | RemoteEntry | TakenLease)[]>
  /** Stores what was loaded if the lease still stands. Announces nothing. */
  fill?(fills: readonly Fill[], call: RemoteCall): Promise<readonly Stored[]>
  /** Gives leases back: the load failed, or its value is not to be stored. */
  release?(leases: readonly { readonly key: string; readonly lease: Lease }[], call: RemoteCall): Promise<void>
  /** Ends updates, see {@link Settlement}. */
  settle?(settlements: readonly Settlement[], call: RemoteCall): Promise<readonly Stored[]>
  /** Makes entries stale from now on (their grace goes on) and announces them. */
  expire?(keys: readonly string[], call: RemoteCall): Promise<void>
  /** One command a tag, whatever the number of entries; announced. */
  invalidateTags?(tags: readonly string[], call: RemoteCall): Promise<void>
  /** Removes every key that matches the glob, then announces the pattern. Each page of the scan has the call's length of time anew. */
  invalidateMatching?(pattern: string, call: RemoteCall): Promise<void>
  /** Everything under the prefix is invalid from now on, in O(1); announced. */
  clear?(call: RemoteCall): Promise<void>
  /** Keys that match the glob, in pages. */
  scan?(pattern: string): AsyncIterable<readonly string[]>
  /** Begins to keep memory coherent. Ends with the returned function. */
  listen?(listener: InvalidationListener, options: ListenOptions): () => void
  /** The guard of the session in which this key would be read now; joining a load obeys it like a hit in memory. */
  guard?(key: string): Guard
  /** Resolves when all that was announced before the call has been heard; rejects when that cannot be known. */
  barrier?(key: string, call: RemoteCall): Promise<void>
  /** One cheap round trip, to one part or to all; resolves with its length in milliseconds. */
  ping?(call: RemoteCall, part?: string): Promise<number>
  /** What the server says of itself. Resolves with less where it refuses to tell. */
  info?(call: RemoteCall): Promise<RemoteInfo>
  /** Opens a new session, of one part or of all: replay first, then reads. A breaker that closes goes through this door. */
  reopen?(part?: string): Promise<void>
  describe?(): RemoteDescription
}
