// #region quick-start
import { createCache, msgpack, redisStore, withBreaker } from 'holdfast'

const cache = createCache({
  remote: withBreaker(redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:' })),
  serializer: msgpack(),
})

// Reads memory, then Redis, then calls the loader: once, however many ask at the same time.
const user = await cache.getOrSet('user:42', () => loadUser('42'), { ttl: '5m', tags: ['team:7'] })

// After a write to the database: every process forgets all that carries the tag.
await cache.invalidateTags('team:7')

console.log(user.name, cache.stats().loads)
await cache.close()
// #endregion quick-start

async function loadUser(id: string): Promise<{ id: string; name: string }> {
  return { id, name: 'Ada' }
}
