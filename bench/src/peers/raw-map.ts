import type { Peer } from './peer.ts'

/** A plain `Map`: no bound, no ttl, no promise. The floor. */
export const peer: Peer = {
  name: 'map',
  capabilities: {
    tiers: ['memory'],
    singleFlight: false,
    batches: false,
    tags: false,
    isolates: false,
    synchronous: true,
    codec: 'none',
  },
  async open() {
    const map = new Map<string, unknown>()
    return {
      get: (key) => map.get(key),
      set: (key, value) => map.set(key, value),
      delete: (key) => map.delete(key),
      getMany: (keys) => keys.map((key) => map.get(key)),
      close: async () => map.clear(),
    }
  },
}
