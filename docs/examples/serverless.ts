import assert from 'node:assert/strict'
import { createCache, redisStore, withBreaker } from 'holdfast'

// What the platform gives each call: `ctx.waitUntil`, or `after` of Next.js.
const promised: Promise<unknown>[] = []
const platform = { waitUntil: (work: Promise<unknown>): void => void promised.push(work) }
const readPrice = async (id: string): Promise<number> => id.length * 50

// #region cache
// Once for an instance, beside the handler and not in it.
const cache = createCache({
  memory: false, // every read asks Redis: nothing is believed from before a pause
  remote: withBreaker(
    redisStore(process.env['REDIS_URL'] ?? 'redis://localhost:6379', { prefix: 'shop:', connectTimeout: '1s' }),
  ),
  waitUntil: (work) => platform.waitUntil(work),
})

export async function handler(request: Request): Promise<Response> {
  const id = new URL(request.url).searchParams.get('id') ?? 'tv'
  return Response.json(await cache.getOrSet(`price:${id}`, () => readPrice(id), { ttl: '10m', signal: request.signal }))
}
// #endregion cache

const answer = await handler(new Request('http://localhost/?id=tv'))
assert.equal(await answer.json(), 100)
assert.ok(promised.length > 0)
await Promise.all(promised)
await cache.close()
