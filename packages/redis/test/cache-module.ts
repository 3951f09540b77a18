// The cache that the history checker tries: `pnpm --filter @holdfast/testing history`.
import { createCache, type MemoryStore } from '@holdfast/core'
import type { CheckedCache, CheckedCacheOptions } from '@holdfast/testing/history'
import { redisStore } from '../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

/** Fewer than a history has keys. */
const fewEntries = 40

/** Every other pair of processes loads once for all that do. Entries leave the memory of every fourth process by themselves; the others keep theirs as long as they can, right or wrong. */
export function createCacheFor(options: CheckedCacheOptions): CheckedCache {
  const { redisUrl, cluster, sentinels, prefix, maxStalenessMs, heartbeatMs, worker } = options
  return createCache({
    name: 'history',
    memory: worker % 4 === 3 ? smallStore() : mapStore(),
    remote: redisStore(cluster === undefined ? (sentinels ?? redisUrl) : { cluster }, { prefix }),
    fleetSingleFlight: worker % 4 < 2,
    coherence: { maxStaleness: `${maxStalenessMs}ms`, heartbeat: `${heartbeatMs}ms` },
  })
}

function smallStore(): MemoryStore {
  const store = mapStore()
  const set = store.set.bind(store)
  store.set = (key, entry) => {
    store.delete(key)
    if (store.size >= fewEntries) store.delete(Array.from(store.keys())[0]!)
    set(key, entry)
  }
  return store
}
