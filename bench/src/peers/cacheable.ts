import KeyvRedis from '@keyv/redis'
import { Cacheable } from 'cacheable'
import { Keyv } from 'keyv'

import type { Peer } from './peer.ts'

export const peer: Peer = {
  name: 'cacheable',
  package: 'cacheable',
  capabilities: {
    tiers: ['memory', 'remote', 'tiered'],
    singleFlight: true,
    batches: true,
    tags: false,
    isolates: false,
    synchronous: false,
    codec: 'JSON',
  },
  async open({ tier, redisUrl, prefix, ttlMs }) {
    const redis =
      tier === 'memory'
        ? undefined
        : new Keyv({ store: new KeyvRedis(redisUrl), namespace: prefix, useKeyPrefix: false })
    const cache =
      tier === 'tiered'
        ? new Cacheable({ ttl: ttlMs, ...(redis ? { secondary: redis } : {}) })
        : new Cacheable({ ttl: ttlMs, ...(redis ? { primary: redis } : {}) })
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      delete: (key) => cache.delete(key),
      getMany: (keys) => cache.getMany([...keys]),
      setMany: (entries) => cache.setMany(entries.map(([key, value]) => ({ key, value }))),
      getOrSet: (key, load) => cache.getOrSet(key, load, { ttl: ttlMs }),
      close: () => cache.disconnect(),
    }
  },
}
