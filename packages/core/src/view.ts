import { acceptsStale, isPlain, lookOnly, untilAborted } from './call-options.ts'
import type { Lookup, Namespace, NamespaceOptions, Updated } from './cache.ts'
import type { Entry } from './contracts.ts'
import { parseDuration, show, type Duration } from './duration.ts'
import { CacheClosedError, InvalidOptionError } from './errors.ts'
import { inspect, type Inspection } from './inspect.ts'
import { clear, expire, invalidateMatching, invalidateTags, remove, type Written } from './invalidate.ts'
import { nestedNamespace, wholeEntries, wholeKey, wholeKeys } from './keys.ts'
import type { Loader } from './loader.ts'
import { checkNames } from './option-names.ts'
import {
  mergePolicy,
  parseTags,
  perCall,
  type GetOptions,
  type Policy,
  type ReadOptions,
  type WriteOptions,
} from './options.ts'
import { look, lookMany } from './look.ts'
import { readThroughMany, type ManyLoader } from './read-many.ts'
import { readThrough, refreshAhead } from './read.ts'
import { Scope } from './scope.ts'
import { statsOf, type SharedStats, type Stats } from './stats.ts'
import type { Served } from './waiter.ts'
import { update } from './update.ts'
import { write } from './write.ts'

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
    return new Promise((resolve, reject) => {
      const policy = this.#policy(options, lookOnly)
      this.#look(key, policy, acceptsStale(options, false), reject, (served) =>
        resolve(served === undefined ? undefined : (this.#scope.present(served.entry.value, policy) as T)),
      )
    })
  }

  getMany<T>(keys: readonly string[], options?: GetOptions): Promise<ReadonlyMap<string, T>> {
    return new Promise((resolve, reject) => {
      this.#assertOpen()
      const policy = this.#policy(options, lookOnly)
      const done = (values: Map<string, unknown>): void => resolve(values as Map<string, T>)
      lookMany(
        this.#scope,
        wholeKeys(this.#scope.namespace, keys),
        policy,
        acceptsStale(options, false),
        this.#whileOpen(policy.signal, done, reject),
      )
    })
  }

  getOrSet<T>(key: string, load: Loader<T>, options?: ReadOptions<T>): Promise<T> {
    const scope = this.#scope
    const entry = options === undefined || isPlain(options) ? this.#hit(key) : undefined
    if (entry !== undefined) {
      if (scope.policy.refreshAhead !== undefined) return this.#refreshed(key, entry, load, options)
      return Promise.resolve(entry.value as T)
    }
    return new Promise((resolve, reject) => {
      this.#assertOpen()
      const policy = this.#policy(options)
      const done = (served: Served): void => resolve(scope.present(served.entry.value, policy) as T)
      readThrough(scope, this.#key(key), this.#loader(load), policy, done, reject)
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
    return new Promise((resolve, reject) => {
      this.#assertOpen()
      const policy = this.#policy(options, load === undefined ? lookOnly : [])
      const done = (served: Served | undefined): void =>
        resolve(served === undefined ? undefined : this.#lookup<T>(served, policy))
      if (load !== undefined) readThrough(this.#scope, this.#key(key), this.#loader(load), policy, done, reject)
      else this.#look(key, policy, acceptsStale(options, true), reject, done)
    })
  }

  set<T>(key: string, value: T, options?: WriteOptions<T>): Promise<Written> {
    return this.#change(async () => write(this.#scope, [[this.#key(key), value]], this.#policy(options)))
  }

  setMany<T>(entries: Iterable<readonly [string, T]>, options?: WriteOptions<T>): Promise<Written> {
    return this.#change(async () =>
      write(this.#scope, wholeEntries(this.#scope.namespace, entries), this.#policy(options)),
    )
  }

  update<T>(key: string, make: () => T | Promise<T>, options?: WriteOptions<T>): Promise<Updated<T>> {
    return this.#change(
      async () => (await update(this.#scope, this.#key(key), this.#loader(make), this.#policy(options))) as Updated<T>,
    )
  }

  delete(keys: string | readonly string[], options?: { readonly hold?: Duration }): Promise<Written> {
    return this.#change(async () => {
      checkNames('options', options ?? {}, ['hold'])
      const holdMs = options?.hold === undefined ? undefined : parseDuration('hold', options.hold)
      return remove(this.#scope, this.#keys(keys), holdMs)
    })
  }

  expire(keys: string | readonly string[]): Promise<Written> {
    return this.#change(async () => expire(this.#scope, this.#keys(keys)))
  }

  invalidateTags(tags: string | readonly string[]): Promise<Written> {
    return this.#change(async () => invalidateTags(this.#scope, parseTags(typeof tags === 'string' ? [tags] : tags)))
  }

  invalidateMatching(pattern: string): Promise<Written> {
    return this.#change(async () => invalidateMatching(this.#scope, pattern))
  }

  clear(): Promise<Written> {
    return this.#change(async () => clear(this.#scope))
  }

  namespace<U = unknown>(name: string, options?: NamespaceOptions<U>): Namespace<U> {
    const { namespace, policy, tiers } = this.#scope
    const inner = nestedNamespace(namespace, name)
    return new View(new Scope(tiers, inner, mergePolicy(policy, options, [], perCall)), this.#whole)
  }

  stats(): Stats {
    const { tiers, namespace } = this.#scope
    return statsOf(tiers.counters.sum(namespace), this.#whole.shared())
  }

  inspect(key: string): Promise<Inspection> {
    return this.#async(async () => inspect(this.#scope, this.#key(key)))
  }

  /** A fresh hit in memory that needs nothing else, counted. */
  #hit(key: string): Entry | undefined {
    const scope = this.#scope
    if (!scope.isPlain || typeof key !== 'string' || scope.tiers.isClosed) return undefined
    const entry = scope.recallFresh(key)
    if (entry === undefined) return undefined
    scope.counters.memoryHits++
    const { read } = scope.tiers.observers
    if (read !== undefined) read(key, scope.namespace)
    return entry
  }

  /** A hit that may be due for a load behind. */
  async #refreshed<T>(key: string, entry: Entry, load: Loader<T>, options?: ReadOptions<T>): Promise<T> {
    refreshAhead(this.#scope, this.#key(key), entry, this.#loader(load), this.#policy(options))
    return entry.value as T
  }

  #look(
    key: string,
    policy: Policy,
    acceptStale: boolean,
    reject: (error: unknown) => void,
    done: (served: Served | undefined) => void,
  ): void {
    this.#assertOpen()
    const whole = this.#key(key)
    look(this.#scope, whole, policy, acceptStale, this.#whileOpen(policy.signal, done, reject))
  }

  /** What ends a read without a loader: its answer, unless the signal aborted or the cache was closed before it came. */
  #whileOpen<R>(
    signal: AbortSignal | undefined,
    done: (result: R) => void,
    reject: (error: unknown) => void,
  ): (result: R) => void {
    const ended = (result: R): void => (this.#scope.tiers.isClosed ? reject(this.#closed()) : done(result))
    return untilAborted(signal, ended, reject)
  }

  #assertOpen(): void {
    if (this.#scope.tiers.isClosed) throw this.#closed()
  }

  #closed(): CacheClosedError {
    return new CacheClosedError(`The cache ${JSON.stringify(this.#whole.name)} is closed.`)
  }

  /** Runs a write or an invalidation. */
  #change<T>(run: () => Promise<T>): Promise<T> {
    return this.#scope.tiers.track(this.#async(run))
  }

  /** Runs a call: rejects where it throws, and on a closed cache. */
  async #async<T>(run: () => Promise<T>): Promise<T> {
    this.#assertOpen()
    return run()
  }

  #key(key: string): string {
    return wholeKey(this.#scope.namespace, key)
  }

  #keys(keys: string | readonly string[]): readonly string[] {
    return typeof keys === 'string' ? [this.#key(keys)] : [...wholeKeys(this.#scope.namespace, keys)]
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
