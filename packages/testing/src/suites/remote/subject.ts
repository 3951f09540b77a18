import type { Clock, RemoteCall, RemoteStore, RemoteWrite } from '@holdfast/core'
import type { Case, Skip } from '../suite.ts'
import type { Peer } from './peer.ts'

/**
 * What a remote store can do beyond reading, writing and deleting: `lease` is `lease`, `fill` and `release` together, `tags`
 * is `invalidateTags`, `matching` is `invalidateMatching`; the others are named like their methods.
 */
export type RemoteAbility =
  | 'lease'
  | 'settle'
  | 'expire'
  | 'tags'
  | 'matching'
  | 'clear'
  | 'scan'
  | 'listen'
  | 'guard'
  | 'barrier'
  | 'ping'
  | 'reopen'
  | 'describe'

/** What a test can do to the server behind a store, past the store. Cases that need what is absent are not declared. */
export interface RemoteBackend {
  /** Puts something foreign where the store keeps this key: bytes, or a value of another type. */
  readonly plant?: (key: string, what: Uint8Array | 'list') => Promise<void>
  /** The bytes that the store keeps for this key. */
  readonly peek?: (key: string) => Promise<Uint8Array | undefined>
  /** Drops this key without telling anybody, as eviction does. */
  readonly evict?: (key: string) => Promise<void>
  /** Drops everything, bookkeeping too, as FLUSHALL does. */
  readonly wipe?: () => Promise<void>
  /** Connections stay open and nothing is answered, until `thaw`. */
  readonly freeze?: () => Promise<void>
  readonly thaw?: () => void | Promise<void>
}

/** What the suite needs to know of a remote store. */
export interface RemoteStoreSuite {
  /** @default 'a remote store' */
  readonly name?: string
  /**
   * A store on the shared data. Called more than once in a case: each is then a process of its own. The suite closes what it
   * opened, and uses keys of its own, except that it clears everything under the store's prefix.
   */
  readonly open: () => RemoteStore | Promise<RemoteStore>
  /** Exactly those that the stores have. */
  readonly abilities: readonly RemoteAbility[]
  readonly backend?: RemoteBackend
  /** @default the system's */
  readonly clock?: Clock
  /**
   * Lets time pass.
   *
   * @default waits
   */
  readonly wait?: (ms: number) => Promise<void>
  /**
   * Lets the event loop stand still.
   *
   * @default spins
   */
  readonly stall?: (ms: number) => void
  readonly skip?: readonly Skip[]
}

/** What a case works on. Names of keys and tags belong to this run of the case alone. */
export interface RemoteSubject {
  readonly clock: Clock
  readonly abilities: ReadonlySet<RemoteAbility>
  readonly backend: Required<RemoteBackend>
  /** Opens a store that listens, where it can, as a cache would. */
  readonly open: (options?: PeerOptions) => Promise<Peer>
  readonly key: (name: string) => string
  readonly tag: (name: string) => string
  /** A call with time enough, or as much as is asked for. */
  readonly call: (withinMs?: number) => RemoteCall
  readonly write: (key: string, text: string, options?: WriteOptions) => RemoteWrite
  readonly wait: (ms: number) => Promise<void>
  readonly stall: (ms: number) => void
  /** Tries until it neither throws nor rejects; gives up after five seconds with the last error. */
  readonly eventually: (attempt: () => void | Promise<void>) => Promise<void>
}

/** How a peer begins. */
export interface PeerOptions {
  /** What its cache could not invalidate before it connected. */
  readonly journal?: { readonly keys?: readonly string[]; readonly tags?: readonly string[]; readonly all?: boolean }
}

/** What of a write is not as usual: a ttl and grace of a minute each, no tags. */
export interface WriteOptions {
  readonly tags?: readonly string[]
  readonly ttlMs?: number
  readonly graceMs?: number
  readonly payload?: Uint8Array
}

/** A case of the suite, with what it needs beyond the four required methods. */
export interface RemoteCase extends Case<RemoteSubject> {
  readonly needs?: readonly RemoteAbility[]
  readonly backend?: readonly (keyof RemoteBackend)[]
}
