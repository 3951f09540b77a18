import type { RemoteDescription, RemoteInfo } from './contracts.ts'
import type { Duration } from './duration.ts'
import type { CacheEvent, CacheEvents } from './events.ts'
import type { Source } from './flight.ts'
import type { Inspection } from './inspect.ts'
import type { Written } from './invalidate.ts'
import type { Loader } from './loader.ts'
import type { CacheObserver } from './observer.ts'
import type { GetOptions, ReadOptions, WriteOptions } from './options.ts'
import type { ManyLoader } from './read-many.ts'
import type { Stats } from './stats.ts'
import type { KnownTag } from './tags.ts'

/** A value with where it came from and how old it is. */
export interface Lookup<V> {
  readonly value: V
  readonly from: Source
  readonly isStale: boolean
  readonly ageMs: number
  /** What is left of its ttl; 0 once stale, or when it was not stored. */
  readonly ttlMs: number
  readonly tags: readonly string[]
}

/** The result of an `update`. */
export interface Updated<V> extends Written {
  readonly value: V
}

/** Defaults of a namespace. Those of the cache hold where nothing is said. */
export type NamespaceOptions<V = unknown> = Omit<ReadOptions<V>, 'signal' | 'force'>

/** Reading and writing under keys of one's own. A namespace has these; a cache has more. */
export interface Namespace<V = unknown> {
  /** The fresh value, from memory or the remote store; `undefined` on a miss. */
  get<T extends V = V>(key: string, options?: GetOptions): Promise<T | undefined>
  /** What is stored of several keys, in one round trip. Keys that miss are absent. */
  getMany<T extends V = V>(keys: readonly string[], options?: GetOptions): Promise<ReadonlyMap<string, T>>
  /** The stored value, or else what the loader returns, which is then stored. One load per key and version in a process. */
  getOrSet<T extends V>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<T>
  /** Several keys read through, with one call of the loader for those that nobody has. */
  getOrSetMany<T extends V>(
    keys: readonly string[],
    load: ManyLoader<T>,
    options?: ReadOptions<T>,
  ): Promise<ReadonlyMap<string, T>>
  /** As `get`, with where the value came from. A stale value within grace is returned, and says so. */
  lookup<T extends V = V>(key: string, load?: undefined, options?: GetOptions): Promise<Lookup<T> | undefined>
  /** As `getOrSet`, with where the value came from. */
  lookup<T extends V>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<Lookup<T>>
  /**
   * Stores a value; `undefined` deletes the key. The last writer wins, in the remote store's order: where that matters, use `update`, or
   * `delete` after the commit.
   */
  set<T extends V>(key: string, value: T, options?: WriteOptions<T>): Promise<Written>
  /** Stores several, each as a pair of key and value, with the same options. */
  setMany<T extends V>(entries: Iterable<readonly [string, T]>, options?: WriteOptions<T>): Promise<Written>
  /** Writes the database through `make`, then the cache: no older value can land after it. */
  update<T extends V>(key: string, make: () => T | Promise<T>, options?: WriteOptions<T>): Promise<Updated<T>>
  /** Removes a key or several. With `hold`, no load is stored under them for that long (for databases read from a lagging replica). */
  delete(keys: string | readonly string[], options?: { readonly hold?: Duration }): Promise<Written>
  /** Makes a key or several stale from now on; grace may still serve them. */
  expire(keys: string | readonly string[]): Promise<Written>
  /** Invalidates every entry that carries one of the tags, in all namespaces, in one round trip. */
  invalidateTags(tags: string | readonly string[]): Promise<Written>
  /** Invalidates every key that matches a glob: `*` any run of characters, `?` any one, `\` takes the next literally. */
  invalidateMatching(pattern: string): Promise<Written>
  /** Invalidates everything, in O(1): of a namespace, with those nested in it; of the cache, all namespaces too. */
  clear(): Promise<Written>
  /** A namespace of its own keys, types, defaults and counters on the same tiers. */
  namespace<U = unknown>(name: string, options?: NamespaceOptions<U>): Namespace<U>
  stats(): Stats
  /** Why a key would hit or miss. Counts nothing and changes nothing. */
  inspect(key: string): Promise<Inspection>
}

/** A cache: a memory tier, a remote tier, or both, read and written as one. Made by `createCache()`. */
export interface Cache<V = unknown> extends Namespace<V>, AsyncDisposable {
  readonly name: string
  /** Hears an event until the result is disposed of. */
  on<E extends CacheEvent>(event: E, listener: (detail: CacheEvents[E]) => void): Disposable
  /** Lets an observer stand beside it until the result is disposed of. For metrics, traces and dashboards; events are for the rest. */
  observe(observer: CacheObserver): Disposable
  /** The tags that most entries were stored with, most first; looks at every known tag. @param limit 100 by default */
  tags(limit?: number): readonly KnownTag[]
  /** What holds of this cache's promises, given its stores. */
  describe(): CacheDescription
  /** One round trip to the remote store, in milliseconds; `undefined` without one. Rejects when it cannot be reached. */
  ping(): Promise<number | undefined>
  /** What the server of the remote store says of itself, in one round trip; `undefined` when it does not tell. Rejects when it cannot be reached. */
  info(): Promise<RemoteInfo | undefined>
  /** Ends reads under way with `CacheClosedError`, waits for writes, and closes the stores. Idempotent. */
  close(options?: { readonly drain?: Duration }): Promise<void>
}

/** What a cache is made of and what it can promise. */
export interface CacheDescription {
  readonly name: string
  readonly memory: boolean
  readonly remote: RemoteDescription | undefined
  /** Promises that do not hold, each as a sentence. */
  readonly limits: readonly string[]
}
