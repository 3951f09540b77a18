import assert from 'node:assert/strict'
import { createCache, msgpack, redisStore, withBreaker } from 'holdfast'

interface Lead {
  readonly id: string
  readonly ownerId: string
}

let loads = 0
const db = {
  lead: async (id: string): Promise<Lead> => {
    loads++
    return { id, ownerId: 'ada' }
  },
  leadsOf: async (ownerId: string): Promise<readonly Lead[]> => {
    loads++
    return [{ id: '1', ownerId }]
  },
  save: async (_lead: Lead): Promise<void> => undefined,
}
const open = () =>
  createCache({
    remote: withBreaker(
      redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: `tags-${process.pid}:` }),
    ),
    serializer: msgpack(),
  })
await using cache = open()
await using another = open()

// #region tags
// One tag for the thing, one for what it belongs to. A function makes tags of the value.
const lead = (id: string) =>
  cache.getOrSet(`lead:${id}`, () => db.lead(id), {
    ttl: '30m',
    tags: (found) => [`lead:${id}`, `owner:${found.ownerId}`],
  })
// A list depends on each row in it, and on rows that are not in it yet.
const leadsOf = (ownerId: string) =>
  cache.getOrSet(`leads:list:${ownerId}`, () => db.leadsOf(ownerId), {
    ttl: '5m',
    tags: (found) => ['leads', ...found.map(({ id }) => `lead:${id}`)],
  })
// #endregion tags

await lead('1')
await leadsOf('ada')
const changed: Lead = { id: '1', ownerId: 'ada' }

// #region invalidate
await db.save(changed) // first the database, committed
const { reached, queued } = await cache.invalidateTags(`lead:${changed.id}`)
// reached: 'all', and no process serves what was there before. queued: Redis is away, and it is told when it is back.
// #endregion invalidate

assert.deepEqual({ reached, queued }, { reached: 'all', queued: false })
assert.equal(await another.get('lead:1'), undefined)
await lead('1')
await leadsOf('ada')
assert.equal(loads, 4)
await cache.invalidateTags(['leads', 'owner:ada'])
assert.equal(await cache.get('lead:1'), undefined)

await cache.set('user:1', 'ada')
// #region other
await cache.delete(['lead:1', 'lead:2']) // keys that you can name
await cache.invalidateMatching('user:*') // a glob over keys: Redis looks at each key that it has
await cache.clear() // everything under the prefix, in O(1)
// #endregion other
assert.equal(await another.get('user:1'), undefined)
