import type { Sdk } from '../engine/sdk.ts'

/** Where values live: in the process, in Redis, or in both. */
export type Tier = 'memory' | 'remote' | 'tiered'

export type Load = () => Promise<unknown>

/**
 * An opened contender, reduced to what the suites call. What it cannot do is absent. Methods may answer at once or with a promise;
 * a miss is `undefined` whatever the library says.
 */
export interface Subject {
  readonly get?: (key: string) => unknown
  readonly set?: (key: string, value: unknown) => unknown
  readonly delete?: (key: string) => unknown
  /** The values by key in a `Map`, or in the order of the keys in an array: whatever the library gives. */
  readonly getMany?: (keys: readonly string[]) => unknown
  readonly setMany?: (entries: readonly (readonly [string, unknown])[]) => unknown
  readonly getOrSet?: (key: string, load: Load) => unknown
  readonly setTagged?: (key: string, value: unknown, tags: readonly string[]) => unknown
  readonly invalidateTag?: (tag: string) => unknown
  close(): Promise<void>
}

export interface OpenOptions {
  readonly tier: Tier
  readonly redisUrl: string
  /** No two contenders share a prefix. */
  readonly prefix: string
  readonly ttlMs: number
  readonly maxEntries: number
  /** The build of ours that is measured; other peers do not look at it. */
  readonly sdk: Sdk
}

/** What a contender promises; the conformance check holds it to each of these. */
export interface Capabilities {
  readonly tiers: readonly Tier[]
  /** Concurrent calls for a missing key run one loader. */
  readonly singleFlight: boolean
  /** Several keys in one round trip. */
  readonly batches: boolean
  readonly tags: boolean
  /** A caller that changes what it got does not change what others get, from memory too. */
  readonly isolates: boolean
  /** Answers from memory without a promise. */
  readonly synchronous: boolean
  /** The finest length of life it can keep. @default 1 */
  readonly ttlStepMs?: number
  /** How values become bytes; in memory, too, when it says so. */
  readonly codec: string
}

/** A library behind one small adapter. */
export interface Peer {
  readonly name: string
  /** The package whose version is reported; absent for what the language itself brings. */
  readonly package?: string
  readonly capabilities: Capabilities
  open(options: OpenOptions): Promise<Subject>
}
