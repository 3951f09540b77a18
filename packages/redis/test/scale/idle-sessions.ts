// Sessions that listen and do nothing else, many in one process: what each further process of a fleet is to a server.
import { createCache } from '@holdfast/core'
import { redisStore } from '../../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const [url, prefix, count] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const caches = Array.from({ length: Number(count) }, () =>
  createCache({
    memory: mapStore(),
    remote: redisStore(url!, { prefix: prefix!, connectTimeout: '60s', heartbeatTimeout: '60s' }),
    remoteTimeout: '60s',
    // Heartbeats are no part of what is measured.
    coherence: { maxStaleness: '6h', heartbeat: '1h' },
  }),
)
await Promise.all(caches.map((cache) => cache.ping()))
process.send!('ready')
