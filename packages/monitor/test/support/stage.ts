import {
  createCache,
  RemoteUnavailableError,
  type Cache,
  type CacheOptions,
  type Clock,
  type MemoryStore,
  type RemoteInfo,
  type RemoteState,
  type RemoteStore,
  type RemoteWrite,
} from '@holdfast/core'
import { fakeClock, mapStore, type FakeClock, type MapStore } from '@holdfast/testing'

/** A remote store whose ways a test sets. */
export interface SetStore extends RemoteStore {
  state: RemoteState
  /** How long it takes to answer. */
  takesMs: number
  info_: RemoteInfo
  breaker: string
}

/** A memory tier without a policy. */
export function plainMemory(): MemoryStore & { readonly maxBytes: number; readonly bytes: number } {
  const store = mapStore(10_000)
  return Object.defineProperties(store, {
    bytes: { get: () => store.size * 100 },
    maxBytes: { value: 1_000_000 },
  }) as MapStore & { readonly maxBytes: number; readonly bytes: number }
}

export function setStore(clock: Clock): SetStore {
  const held = new Map<string, RemoteWrite>()
  const answer = async <T>(make: () => T): Promise<T> => {
    if (store.state === 'away') throw new RemoteUnavailableError('The store is away.')
    if (store.takesMs > 0) await new Promise<void>((resolve) => void clock.setTimer(resolve, store.takesMs))
    return make()
  }
  const store: SetStore = {
    state: 'ready',
    takesMs: 0,
    info_: {},
    breaker: 'closed',
    getMany: (keys) =>
      answer(() =>
        keys.map((key) => {
          const write = held.get(key)
          return write === undefined ? undefined : { type: 'entry' as const, ...write }
        }),
      ),
    setMany: (writes) =>
      answer(() =>
        writes.map((write) => {
          held.set(write.key, write)
          return []
        }),
      ),
    deleteMany: (keys) => answer(() => keys.forEach((key) => held.delete(key))),
    invalidateTags: (tags) =>
      answer(() => {
        for (const [key, write] of held) if (write.tags.some((tag) => tags.includes(tag))) held.delete(key)
      }),
    invalidateMatching: () => answer(() => held.clear()),
    ping: () => answer(() => 0.4),
    info: () => answer(() => store.info_),
    close: () => Promise.resolve(),
    describe: () => ({
      name: 'redis',
      coherence: 'announcements',
      limits: [],
      state: store.state,
      details: {
        address: 'localhost:6379',
        version: '7.0.15',
        breaker: store.breaker,
        breakerOpened: 2,
        breakerRefused: 5,
        ...(store.state === 'away' ? { cause: 'connect ECONNREFUSED' } : {}),
      },
    }),
  }
  return store
}

export interface Staged {
  readonly clock: FakeClock
  readonly cache: Cache
  readonly store: SetStore
}

/** A cache with both tiers on a clock that the test moves. */
export function stage(options: CacheOptions = {}): Staged {
  const clock = fakeClock()
  const store = setStore(clock)
  const cache = createCache({ name: 'shop', clock, memory: plainMemory(), remote: store, ...options })
  return { clock, cache, store }
}

/** Reads that hit and miss, in memory and beyond. */
export async function traffic({ cache, clock }: Staged, hits: number, misses: number): Promise<void> {
  const reads = [
    ...Array.from({ length: hits }, () => cache.get('hot')),
    ...Array.from({ length: misses }, (_, index) => cache.get(`missing:${index}`)),
  ]
  await clock.advance(0)
  await Promise.all(reads)
}
