import { InvalidOptionError } from '@holdfast/core'
import { createWarmer } from '@holdfast/warm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCache } from './create-cache.ts'
import { statusRoute } from './plain-status-route.ts'

const url = 'http://localhost/api/cache-status'

function cacheForTest() {
  const cache = createCache({ name: 'plain' })
  onTestFinished(() => cache.close())
  return cache
}

function post(body: object): Request {
  return new Request(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: 'Bearer let me in' },
  })
}

describe('the status route of a plain cache', () => {
  it('gives health and counters, and is unhealthy once the cache is closed', async () => {
    const cache = cacheForTest()
    const { handle } = statusRoute(cache)
    await cache.getOrSet('key', () => 1)
    await cache.get('key')

    const open = await handle(new Request(url))
    await cache.close()
    const closed = await handle(new Request(url))

    expect(open.status).toBe(200)
    expect(await open.json()).toMatchObject({ status: 'healthy', stats: { hits: 1, misses: 1, memoryCacheSize: 1 } })
    expect(closed.status).toBe(503)
    expect(await closed.json()).toMatchObject({ status: 'unhealthy', problems: ['The cache is closed.'] })
  })

  it('invalidates for who has the token, and for nobody where there is none', async () => {
    const cache = cacheForTest()
    await cache.set('key', 1)
    const order = { action: 'invalidate', keys: ['key'] }

    for (const adminToken of [undefined, ''])
      expect((await statusRoute(cache, { adminToken }).handle(post(order))).status).toBe(403)
    expect((await statusRoute(cache, { adminToken: 'another' }).handle(post(order))).status).toBe(401)
    expect(await cache.get('key')).toBe(1)

    expect((await statusRoute(cache, { adminToken: 'let me in' }).handle(post(order))).status).toBe(200)
    expect(await cache.get('key')).toBeUndefined()
  })

  it('warms by its warmer, and says so where it has none', async () => {
    const cache = cacheForTest()
    const warmer = createWarmer(cache, { jobs: [{ name: 'job', keys: ['key'], load: () => 'warm' }] })
    onTestFinished(() => warmer.close())

    const without = await statusRoute(cache, { adminToken: 'let me in' }).handle(post({ action: 'warm' }))
    const route = statusRoute(cache, { adminToken: 'let me in', warmer })
    const warmed = await route.handle(post({ action: 'warm' }))

    expect(without.status).toBe(400)
    expect(await without.json()).toEqual({ error: expect.stringContaining('warmer') })
    expect(await warmed.json()).toMatchObject({ report: { outcome: 'done', jobs: [{ job: 'job', loaded: 1 }] } })
    expect(await cache.get('key')).toBe('warm')
    expect(await (await route.GET()).json()).toMatchObject({ warming: { last: { outcome: 'done' } } })
  })

  it('has no other methods', async () => {
    const { status, headers } = await statusRoute(cacheForTest()).handle(new Request(url, { method: 'DELETE' }))

    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, HEAD, POST' })
  })

  it('says what it cannot use', () => {
    const cache = cacheForTest()

    for (const [what, options] of [
      [undefined, {}],
      [cache.namespace('session'), {}],
      [cache, { token: 'let me in' }],
      [cache, { adminToken: 5 }],
      [cache, { warmer: {} }],
    ] as const)
      expect(() => statusRoute(what as never, options as never)).toThrow(InvalidOptionError)
  })
})
