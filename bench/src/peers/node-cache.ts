import NodeCache from 'node-cache'

import type { Peer } from './peer.ts'

export const peer: Peer = {
  name: 'node-cache',
  package: 'node-cache',
  capabilities: {
    tiers: ['memory'],
    singleFlight: false,
    batches: false,
    tags: false,
    isolates: true,
    synchronous: true,
    codec: 'clones',
  },
  async open({ ttlMs }) {
    const cache = new NodeCache({ stdTTL: ttlMs / 1_000, checkperiod: 0 })
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      delete: (key) => cache.del(key),
      close: async () => cache.close(),
    }
  },
}
