import assert from 'node:assert/strict'
import { createCache, msgpack, redisStore, withBreaker } from 'holdfast'

interface User {
  readonly id: string
  readonly name: string
}

const table = new Map<string, User>([['42', { id: '42', name: 'Ada' }]])
const db = {
  user: async (id: string): Promise<User | null> => table.get(id) ?? null,
  save: async (user: User): Promise<User> => {
    table.set(user.id, user)
    return user
  },
}
const open = () =>
  createCache({
    remote: withBreaker(
      redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: `coherence-${process.pid}:` }),
    ),
    serializer: msgpack(),
  })
await using cache = open()
await using another = open()
const read = (from: typeof cache) => from.getOrSet('user:42', () => db.user('42'))
assert.equal((await read(cache))?.name, 'Ada')
assert.equal((await read(another))?.name, 'Ada')
const user: User = { id: '42', name: 'Ada Lovelace' }

// #region delete
await db.save(user) // committed
await cache.delete('user:42') // then invalidated
// #endregion delete
assert.equal((await read(cache))?.name, 'Ada Lovelace')

// #region update
// Writes the database, and then the cache: no older value can land after it.
const { value, reached } = await cache.update('user:42', () => db.save({ ...user, name: 'A. Lovelace' }), { ttl: '5m' })
// #endregion update
assert.deepEqual([value.name, reached], ['A. Lovelace', 'all'])
assert.equal((await read(cache))?.name, 'A. Lovelace')

// #region hold
// Loaders read a replica that lags by a second: for two seconds nothing is stored that they return.
await cache.delete('user:42', { hold: '2s' })
// #endregion hold
assert.equal((await read(cache))?.name, 'A. Lovelace')
assert.equal(await cache.get('user:42'), undefined)

// #region describe
for (const limit of cache.describe().limits) console.warn(`The cache cannot promise: ${limit}`)
// #endregion describe
assert.deepEqual(cache.describe().limits, [])
