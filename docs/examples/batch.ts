import { createCache, msgpack, redisStore, withBreaker } from 'holdfast'

await using cache = createCache({
  remote: withBreaker(
    redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: `batch-${process.pid}:` }),
  ),
  serializer: msgpack(),
})

let queries = 0
const readLeads = async (ids: readonly string[]): Promise<ReadonlyMap<string, { id: string }>> => {
  queries++
  return new Map(ids.map((id) => [id, { id }]))
}

// #region many
// One round trip to Redis, then one query for all that is missing.
const leads = await cache.getOrSetMany(['lead:1', 'lead:2', 'lead:3'], readLeads, { ttl: '10m', tags: ['leads'] })
// #endregion many

await cache.getOrSetMany(['lead:2', 'lead:3'], readLeads)
if (leads.size !== 3 || queries !== 1) throw new Error(`expected 3 leads by 1 query, got ${leads.size} by ${queries}`)
