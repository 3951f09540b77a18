import KeyvRedis from '@keyv/redis'
import { createCache } from 'cache-manager'
import { Keyv } from 'keyv'

import type { Peer } from './peer.ts'

export const peer: Peer = {
  name: 'cache-manager',
  package: 'cache-manager',
  capabilities: {
    tiers: ['memory', 'remote', 'tiered'],
    singleFlight: true,
    batches: true,
    tags: false,
    isolates: true,
    synchronous: false,
    codec: 'JSON, in memory too',
  },
  async open({ tier, redisUrl, prefix, ttlMs }) {
    const stores: Keyv[] = []
    if (tier !== 'remote') stores.push(new Keyv())
    if (tier !== 'memory')
      stores.push(new Keyv({ store: new KeyvRedis(redisUrl), namespace: prefix, useKeyPrefix: false }))
    const cache = createCache({ stores, ttl: ttlMs })
    return {
      get: async (key) => (await cache.get(key)) ?? undefined,
      set: (key, value) => cache.set(key, value, ttlMs),
      delete: (key) => cache.del(key),
      getMany: (keys) => cache.mget([...keys]),
      setMany: (entries) => cache.mset(entries.map(([key, value]) => ({ key, value, ttl: ttlMs }))),
      getOrSet: (key, load) => cache.wrap(key, load, ttlMs),
      close: async () => {
        await cache.disconnect()
      },
    }
  },
}
