/** What a worker's cache is told to be. */
export interface CheckedCacheOptions {
  /** Where Redis is: for some workers a proxy in front of it. In a cluster one of its nodes, behind Sentinels the first primary. */
  readonly redisUrl: string
  /** Nodes of the cluster, where there is one. */
  readonly cluster?: readonly { readonly host: string; readonly port: number }[]
  /** The Sentinels, where there are some, and what they call the primary. */
  readonly sentinels?: {
    readonly sentinels: { readonly host: string; readonly port: number }[]
    readonly name: string
  }
  /** What the cache's keys in Redis must begin with; faults look for its bookkeeping there. */
  readonly prefix: string
  /** How long memory may be believed without contact to Redis. */
  readonly maxStalenessMs: number
  /** How often contact is to be proven. */
  readonly heartbeatMs: number
  /** The number of the process, from 0. */
  readonly worker: number
}

/** A module whose URL is given to {@link checkHistory}: each worker imports it and makes its cache with it. */
export interface CheckedCacheModule {
  createCacheFor(options: CheckedCacheOptions): CheckedCache | Promise<CheckedCache>
}

/** What a value says of itself. */
export interface CheckedValue {
  readonly key: string
  readonly version: number
  /** What it depends on; known only once it has been loaded. */
  readonly tags: readonly string[]
  /** Makes values differ in size. */
  readonly filler: string
}

/** Options of a read or a write, in the words of `@holdfast/core`. */
export interface CheckedOptions {
  readonly ttl?: `${number}ms`
  readonly grace?: `${number}ms`
  readonly softTimeout?: `${number}ms`
  readonly refreshAhead?: number
  readonly tags?: readonly string[] | ((value: CheckedValue) => readonly string[])
}

/** What an invalidation says it reached. A cache that says nothing is taken at its word: everywhere. */
export type CheckedWritten = { readonly reached: 'all' | 'memory'; readonly queued: boolean } | undefined | void

type Load = () => Promise<CheckedValue>
type Write = Promise<CheckedWritten>

/**
 * The part of the cache API that a history uses: a `Cache` of `@holdfast/core` has all of it. Of methods that are absent a history
 * makes no use.
 */
export interface CheckedSpace {
  getOrSet(key: string, load: Load, options?: CheckedOptions): Promise<CheckedValue>
  delete(keys: string | readonly string[]): Write
  get?(key: string, options?: { readonly skipMemory?: boolean }): Promise<CheckedValue | undefined>
  lookup?(
    key: string,
    load: Load,
    options?: CheckedOptions,
  ): Promise<{ readonly value: CheckedValue; readonly from: string }>
  getMany?(keys: readonly string[]): Promise<ReadonlyMap<string, CheckedValue>>
  getOrSetMany?(
    keys: readonly string[],
    load: (missing: readonly string[]) => Promise<ReadonlyMap<string, CheckedValue>>,
    options?: CheckedOptions,
  ): Promise<ReadonlyMap<string, CheckedValue>>
  set?(key: string, value: CheckedValue, options?: CheckedOptions): Write
  update?(
    key: string,
    make: () => Promise<CheckedValue>,
    options?: CheckedOptions,
  ): Promise<NonNullable<CheckedWritten> | undefined | void>
  invalidateTags?(tags: readonly string[]): Write
  invalidateMatching?(pattern: string): Write
  clear?(): Write
}

export interface CheckedCache extends CheckedSpace {
  namespace?(name: string): CheckedSpace
  /** A worker notes from this when it was cut off. */
  on?(event: 'remoteState', listener: (detail: { readonly state: string }) => void): unknown
  close(): Promise<void>
}
