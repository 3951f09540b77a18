import { createCache } from 'async-cache-dedupe'
import { Redis } from 'ioredis'

import type { Load, Peer } from './peer.ts'

/** It caches functions: a key is an argument, and the loader travels beside it. */
export const peer: Peer = {
  name: 'async-cache-dedupe',
  package: 'async-cache-dedupe',
  capabilities: {
    tiers: ['memory', 'remote'],
    singleFlight: true,
    batches: false,
    tags: false,
    isolates: false,
    synchronous: false,
    ttlStepMs: 1_000,
    codec: 'JSON',
  },
  async open({ tier, redisUrl, prefix, ttlMs, maxEntries }) {
    const client = new Redis(redisUrl, { lazyConnect: true, keyPrefix: prefix })
    if (tier === 'remote') await client.connect()
    const loads = new Map<string, Load>()
    const cache = createCache({
      ttl: Math.ceil(ttlMs / 1_000),
      storage:
        tier === 'remote' ? { type: 'redis', options: { client } } : { type: 'memory', options: { size: maxEntries } },
    }).define('fetch', (key: string) => loads.get(key)?.())
    return {
      getOrSet: (key, load) => {
        loads.set(key, load)
        return cache.fetch(key)
      },
      delete: (key) => cache.clear('fetch', key),
      close: async () => client.disconnect(),
    }
  },
}
