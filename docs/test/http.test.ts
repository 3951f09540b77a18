import { cacheResponse } from '@holdfast/http'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { createCache, memoryStore, msgpack, redisStore, withBreaker, type Cache } from 'holdfast'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

let redis: RedisServer
const opened: Cache[] = []

beforeAll(async () => {
  redis = await startRedis()
})

afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close()
})

afterAll(async () => {
  await redis.stop()
})

/** A process of a fleet: a cached handler that counts its answers. */
function openProcess(name: string, prefix: string, hasMemory = true) {
  const cache = createCache({
    ...(hasMemory ? { memory: memoryStore({ maxEntries: 100 }) } : { memory: undefined }),
    remote: withBreaker(redisStore(redis.url, { prefix })),
    serializer: msgpack(),
    remoteTimeout: '5s',
  })
  opened.push(cache)
  let answers = 0
  const handle = cacheResponse(cache, { ttl: '1m', invalidates: ['all'], tags: ['all'] })((request) => {
    answers += 1
    const headers = { vary: 'accept-language', 'content-type': 'text/plain' }
    return new Response(`${name} ${answers} ${request.headers.get('accept-language')}`, { headers })
  })
  const get = async (language: string): Promise<string> => {
    const response = await handle(new Request('http://shop.example/', { headers: { 'accept-language': language } }))
    return response.text()
  }
  const post = (): Promise<Response> => handle(new Request('http://shop.example/', { method: 'POST', body: 'x' }))
  return { get, post, cache }
}

describe.each([
  ['with memory', true],
  ['without memory', false],
])('responses in Redis, %s', (title, hasMemory) => {
  it('are shared by processes, each variant, until one of them changes something', async () => {
    const prefix = `${title.replaceAll(' ', '-')}:`
    const a = openProcess('a', prefix, hasMemory)
    // Whoever comes first begins an epoch, and with it all that others had under way ends.
    await a.cache.get('anything')
    const b = openProcess('b', prefix, hasMemory)

    const first = [await a.get('en'), await a.get('de')]
    // A fill goes on behind its answer.
    await a.cache.close({ drain: '5s' })
    const shared = [await b.get('en'), await b.get('de')]
    const c = openProcess('c', prefix, hasMemory)
    await c.get('en')
    await b.post()
    const after = [await c.get('en'), await c.get('de')]

    expect(shared).toEqual(first)
    expect(after).toEqual(['c 1 en', 'c 2 de'])
  })
})

it('Redis that dies fails no request', async () => {
  const own = await startRedis()
  const cache = createCache({ memory: undefined, remote: withBreaker(redisStore(own.url, { prefix: 'x:' })) })
  opened.push(cache)
  const handle = cacheResponse(cache, { ttl: '1m' })(() => new Response('served'))
  const get = async (): Promise<string> => (await handle(new Request('http://shop.example/'))).text()
  await get()

  await own.stop()

  expect(await Promise.all([get(), get(), get()])).toEqual(['served', 'served', 'served'])
  expect((await handle(new Request('http://shop.example/', { method: 'DELETE' }))).status).toBe(200)
})
