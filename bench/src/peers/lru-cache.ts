import { LRUCache } from 'lru-cache'

import type { Load, Peer } from './peer.ts'

export const peer: Peer = {
  name: 'lru-cache',
  package: 'lru-cache',
  capabilities: {
    tiers: ['memory'],
    singleFlight: true,
    batches: false,
    tags: false,
    isolates: false,
    synchronous: true,
    codec: 'none',
  },
  async open({ ttlMs, maxEntries }) {
    const cache = new LRUCache<string, object, Load>({
      max: maxEntries,
      ttl: ttlMs,
      fetchMethod: async (_key, _stale, { context }) => (await context()) as object,
    })
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value as object),
      delete: (key) => cache.delete(key),
      getMany: (keys) => keys.map((key) => cache.get(key)),
      getOrSet: (key, load) => cache.fetch(key, { context: load }),
      close: async () => cache.clear(),
    }
  },
}
