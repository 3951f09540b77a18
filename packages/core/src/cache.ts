import type { Entry, RemoteDescription } from './contracts.ts'
import { parseDuration, show, type Duration } from './duration.ts'
import { CacheClosedError, InvalidOptionError } from './errors.ts'
import type { CacheEvent, CacheEvents } from './events.ts'
import type { Source } from './flight.ts'
import { inspect, type Inspection } from './inspect.ts'
import { clear, expire, invalidateMatching, invalidateTags, remove, type Written } from './invalidate.ts'
import { checkNamespace, wholeKey } from './keys.ts'
import type { Loader } from './loader.ts'
import { mergePolicy, parseTags, type GetOptions, type Policy, type ReadOptions, type WriteOptions } from './options.ts'
import { lookMany, readThroughMany, type ManyLoader } from './read-many.ts'
import { look, readThrough, refreshAhead } from './read.ts'
import { Scope } from './scope.ts'
import { statsOf, type SharedStats, type Stats } from './stats.ts'
import type { Served } from './waiter.ts'
import { update, write } from './write.ts'

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
  /** Stores a value. The last writer wins, in the remote store's order: where that matters, use `update`, or `delete` after the commit. */
  set<T extends V>(key: string, value: T, options?: WriteOptions<T>): Promise<Written>
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

/** What only the whole cache can do, provided by its maker. */
export interface Whole {
  readonly name: string
  shared(): SharedStats
}

/** The implementation of a cache's view: the whole, or a namespace. */
export class View implements Namespace {
  readonly #scope: Scope
  readonly #whole: Whole

  constructor(scope: Scope, whole: Whole) {
    this.#scope = scope
    this.#whole = whole
  }

  // A hit in memory stays synchronous up to its promise, and parses nothing.
  get<T>(key: string, options?: GetOptions): Promise<T | undefined> {
    const entry = options === undefined ? this.#hit(key) : undefined
    if (entry !== undefined) return Promise.resolve(entry.value as T)
    return this.#async(async () => {
      const policy = this.#policy(options, ['stale'])
      const served = await look(this.#scope, this.#key(key), policy, options?.stale === true)
      return served === undefined ? undefined : (this.#scope.present(served.entry.value, policy) as T)
    })
  }

  getMany<T>(keys: readonly string[], options?: GetOptions): Promise<ReadonlyMap<string, T>> {
    return this.#async(async () => {
      const policy = this.#policy(options, ['stale'])
      return (await lookMany(this.#scope, this.#keys(keys), policy, options?.stale === true)) as Map<string, T>
    })
  }

  getOrSet<T>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<T> {
    const scope = this.#scope
    const entry = options === undefined || isPlain(options) ? this.#hit(key) : undefined
    if (entry !== undefined) {
      if (scope.policy.refreshAhead !== undefined)
        refreshAhead(scope, this.#key(key), entry, this.#loader(load), this.#policy(options))
      return Promise.resolve(entry.value as T)
    }
    return this.#async(async () => {
      const policy = this.#policy(options)
      const served = await readThrough(scope, this.#key(key), this.#loader(load), policy)
      return scope.present(served.entry.value, policy) as T
    })
  }

  getOrSetMany<T>(
    keys: readonly string[],
    load: ManyLoader<T>,
    options?: ReadOptions<T>,
  ): Promise<ReadonlyMap<string, T>> {
    return this.#async(async () => {
      const policy = this.#policy(options)
      return (await readThroughMany(this.#scope, this.#keys(keys), this.#loader(load), policy)) as Map<string, T>
    })
  }

  lookup<T>(key: string, load?: undefined, options?: GetOptions): Promise<Lookup<T> | undefined>
  lookup<T>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<Lookup<T>>
  lookup<T>(key: string, load?: Loader<T>, options?: GetOptions | ReadOptions<T>): Promise<Lookup<T> | undefined> {
    return this.#async(async () => {
      const policy = this.#policy(options, load === undefined ? ['stale'] : [])
      const acceptStale = !(options !== undefined && 'stale' in options && options.stale === false)
      const whole = this.#key(key)
      const served =
        load === undefined
          ? await look(this.#scope, whole, policy, acceptStale)
          : await readThrough(this.#scope, whole, this.#loader(load), policy)
      return served === undefined ? undefined : this.#lookup<T>(served, policy)
    })
  }

  set<T>(key: string, value: T, options?: WriteOptions<T>): Promise<Written> {
    return this.#async(async () => write(this.#scope, [[this.#key(key), value]], this.#policy(options)))
  }

  setMany<T>(entries: Iterable<readonly [string, T]>, options?: WriteOptions<T>): Promise<Written> {
    return this.#async(async () => {
      const whole = Array.from(entries, ([key, value]) => [this.#key(key), value] as const)
      return write(this.#scope, whole, this.#policy(options))
    })
  }

  update<T>(key: string, make: () => T | Promise<T>, options?: WriteOptions<T>): Promise<Updated<T>> {
    return this.#async(
      async () => (await update(this.#scope, this.#key(key), this.#loader(make), this.#policy(options))) as Updated<T>,
    )
  }

  delete(keys: string | readonly string[], options?: { readonly hold?: Duration }): Promise<Written> {
    return this.#async(async () => {
      const holdMs = options?.hold === undefined ? undefined : parseDuration('hold', options.hold)
      return remove(this.#scope, this.#keys(keys), holdMs)
    })
  }

  expire(keys: string | readonly string[]): Promise<Written> {
    return this.#async(async () => expire(this.#scope, this.#keys(keys)))
  }

  invalidateTags(tags: string | readonly string[]): Promise<Written> {
    return this.#async(async () => invalidateTags(this.#scope, parseTags(typeof tags === 'string' ? [tags] : tags)))
  }

  invalidateMatching(pattern: string): Promise<Written> {
    return this.#async(async () => invalidateMatching(this.#scope, pattern))
  }

  clear(): Promise<Written> {
    return this.#async(async () => clear(this.#scope))
  }

  namespace<U = unknown>(name: string, options?: NamespaceOptions<U>): Namespace<U> {
    const { namespace, policy, tiers } = this.#scope
    const inner = namespace === '' ? checkNamespace(name) : `${namespace}/${checkNamespace(name)}`
    return new View(new Scope(tiers, inner, mergePolicy(policy, options)), this.#whole)
  }

  stats(): Stats {
    return statsOf(this.#scope.counters, this.#whole.shared())
  }

  inspect(key: string): Promise<Inspection> {
    return this.#async(async () => inspect(this.#scope, this.#key(key)))
  }

  /** A fresh hit in memory that needs nothing else, counted. */
  #hit(key: string): Entry | undefined {
    const scope = this.#scope
    if (!scope.isPlain || typeof key !== 'string' || scope.tiers.isClosed) return undefined
    const entry = scope.recallFresh(key)
    if (entry !== undefined) scope.counters.memoryHits++
    return entry
  }

  /** Runs a call: rejects where it throws, and on a closed cache. */
  async #async<T>(run: () => Promise<T>): Promise<T> {
    if (this.#scope.tiers.isClosed)
      throw new CacheClosedError(`The cache ${JSON.stringify(this.#whole.name)} is closed.`)
    return run()
  }

  #key(key: string): string {
    return wholeKey(this.#scope.namespace, key)
  }

  #keys(keys: string | readonly string[]): readonly string[] {
    if (typeof keys === 'string') return [this.#key(keys)]
    if (!Array.isArray(keys))
      throw new InvalidOptionError(`Expected keys to be a string or an array of strings, got ${show(keys)}.`)
    return [...new Set((keys as readonly string[]).map((key) => this.#key(key)))]
  }

  #policy(options: object | undefined, others?: readonly string[]): Policy {
    return mergePolicy(this.#scope.policy, options, others)
  }

  #loader<F>(load: F): F & Loader<unknown> & ManyLoader<unknown> {
    if (typeof load === 'function') return load as F & Loader<unknown> & ManyLoader<unknown>
    throw new InvalidOptionError(`Expected the loader to be a function, got ${show(load)}.`)
  }

  #lookup<T>(served: Served, policy: Policy): Lookup<T> {
    const now = this.#scope.tiers.parts.clock.now()
    const { entry, from, isStale } = served
    return {
      value: this.#scope.present(entry.value, policy) as T,
      from,
      isStale,
      ageMs: Math.max(0, now - entry.createdAt),
      ttlMs: Math.max(0, entry.staleAt - now),
      tags: this.#scope.userTags(entry.tags),
    }
  }
}

/** Whether a hit needs to look at none of the options: they only matter to a load and to what is stored. */
function isPlain(options: ReadOptions<never>): boolean {
  return (
    options.force === undefined &&
    options.skipMemory === undefined &&
    options.isolation === undefined &&
    options.refreshAhead === undefined &&
    options.signal === undefined
  )
}

/** A cache: a memory tier, a remote tier, or both, read and written as one. Made by `createCache()`. */
export interface Cache<V = unknown> extends Namespace<V>, AsyncDisposable {
  readonly name: string
  /** Hears an event until the result is disposed of. */
  on<E extends CacheEvent>(event: E, listener: (detail: CacheEvents[E]) => void): Disposable
  /** What holds of this cache's promises, given its stores. */
  describe(): CacheDescription
  /** One round trip to the remote store, in milliseconds; `undefined` without one. Rejects when it cannot be reached. */
  ping(): Promise<number | undefined>
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
