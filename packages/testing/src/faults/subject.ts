/** Where Redis is. */
export interface FaultPlace {
  /** One server: through a proxy that fails, as a user whose rights change. In a cluster one of its nodes, behind Sentinels the first primary. */
  readonly redisUrl: string
  /** Nodes of the cluster, where there is one. */
  readonly cluster?: readonly { readonly host: string; readonly port: number }[]
  /** The Sentinels, where there are some, and what they call the primary. */
  readonly sentinels?: {
    readonly sentinels: { readonly host: string; readonly port: number }[]
    readonly name: string
  }
}

/** What a subject's cache is told to be. */
export interface FaultSubjectOptions extends FaultPlace {
  /** What each key begins with in Redis; the rest of it is the key of the call. */
  readonly prefix: string
}

/** What a value says of itself. */
export interface FaultValue {
  readonly key: string
  readonly version: number
  readonly filler: string
}

/** Options of calls, in the words of `@holdfast/core`. */
export interface FaultCallOptions {
  readonly tags?: readonly string[]
}

/**
 * A cache under test: the eight operations that every fault meets. A `Cache` of `@holdfast/core` is one. A miss is `undefined`; a
 * rejection of any of them counts as an error that the application sees.
 */
export interface FaultSubject {
  get(key: string): Promise<FaultValue | undefined>
  getOrSet(key: string, load: () => Promise<FaultValue>, options?: FaultCallOptions): Promise<FaultValue>
  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, FaultValue>>
  getOrSetMany(
    keys: readonly string[],
    load: (missing: readonly string[]) => Promise<ReadonlyMap<string, FaultValue>>,
  ): Promise<ReadonlyMap<string, FaultValue>>
  set(key: string, value: FaultValue): Promise<unknown>
  delete(key: string): Promise<unknown>
  invalidateTags(tags: readonly string[]): Promise<unknown>
  clear(): Promise<unknown>
  close(): Promise<void>
}

/** A module whose URL is given to `checkFaults`: processes of the suite import it and make their caches with it. */
export interface FaultSubjectModule {
  /**
   * How long an operation may wait for Redis, in milliseconds, for all its round trips together.
   *
   * @default 100
   */
  readonly deadlineMs?: number
  /** Makes a cache with the settings that users get. It must not wait for Redis. */
  openFaultSubject(options: FaultSubjectOptions): FaultSubject | Promise<FaultSubject>
}

export const faultOperations = [
  'get',
  'getOrSet',
  'getMany',
  'getOrSetMany',
  'set',
  'delete',
  'invalidateTags',
  'clear',
] as const

export type FaultOperation = (typeof faultOperations)[number]
