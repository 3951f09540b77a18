import assert from 'node:assert/strict'
import { createCache, memoryStore, msgpack, redisStore, withBreaker } from 'holdfast'

// #region memory
const cache = createCache({
  memory: memoryStore({ maxBytes: '64mb' }), // of this process's heap
  remote: withBreaker(
    redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: `sizing-${process.pid}:` }),
  ),
  serializer: msgpack({ compress: { above: '4kb' } }),
  maxValueBytes: '1mb', // larger values are loaded each time, and told as an event
})
// #endregion memory

const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, name: `lead ${id}`, note: 'x'.repeat(150) }))

const entries = rows.map((row) => [`lead:${row.id}`, row] as const)
await cache.setMany(entries, { ttl: '1h', tags: ['leads'] })

// #region measure
const { memoryEntries, memoryBytes, memoryMaxBytes, evictions } = cache.stats().shared
console.log('memory:', memoryEntries, memoryBytes, 'of', memoryMaxBytes, 'bytes;', evictions, 'evicted')

// What the server says of itself, by whomever it is used. Rejects when it does not answer in time.
const redis = await cache.info().catch(() => undefined)
console.log('Redis:', redis?.usedBytes, 'of', redis?.maxBytes, redis?.evictionPolicy, redis?.evictions)
// #endregion measure

assert.ok(memoryEntries <= rows.length && memoryMaxBytes === 64 * 2 ** 20)
await cache.close()
