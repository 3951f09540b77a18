import { Packr } from 'msgpackr'
import { createClient, RESP_TYPES } from 'redis'

import type { Peer } from './peer.ts'

/** node-redis; tiered means its client-side cache of replies, invalidated by the server. */
export const peer: Peer = {
  name: 'node-redis',
  package: 'redis',
  capabilities: {
    tiers: ['remote', 'tiered'],
    singleFlight: false,
    batches: true,
    tags: false,
    isolates: true,
    synchronous: false,
    codec: 'msgpackr',
  },
  async open({ redisUrl, prefix, ttlMs, tier, maxEntries }) {
    const client = createClient({
      url: redisUrl,
      RESP: 3,
      ...(tier === 'tiered' ? { clientSideCache: { ttl: ttlMs, maxEntries } } : {}),
    }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    client.on('error', () => {})
    await client.connect()
    const packr = new Packr({ useRecords: false })
    const decode = (bytes: unknown): unknown => (Buffer.isBuffer(bytes) ? packr.unpack(bytes) : undefined)
    const expiration = { type: 'PX', value: ttlMs } as const
    return {
      get: async (key) => decode(await client.get(prefix + key)),
      set: (key, value) => client.set(prefix + key, packr.pack(value), { expiration }),
      delete: (key) => client.unlink(prefix + key),
      getMany: async (keys) => (await client.mGet(keys.map((key) => prefix + key))).map(decode),
      setMany: (entries) =>
        Promise.all(entries.map(([key, value]) => client.set(prefix + key, packr.pack(value), { expiration }))),
      close: async () => client.destroy(),
    }
  },
}
