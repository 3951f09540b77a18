import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'

const url = 'http://localhost:3002/api/cache-status'
const env = { CACHE_ADMIN_TOKEN: 'let me in' }

function post(body: unknown, token?: string): Request {
  return new Request(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
}

describe('GET of the status route', () => {
  it('gives health and statistics', async () => {
    const { Cache, cacheStatus } = kitForTest()
    await Cache.get('key')

    const response = await cacheStatus.GET(new Request(url))

    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({
      status: 'healthy',
      redis: false,
      fallback: false,
      stats: { hits: 0, misses: 1, hitRate: '0.00%' },
    })
  })

  it('is 503 when unhealthy', async () => {
    const kit = kitForTest()
    await kit.close()

    expect((await kit.cacheStatus.GET()).status).toBe(503)
  })
})

describe('POST to the status route', () => {
  it('is refused where no token is set', async () => {
    const { cacheStatus } = kitForTest()

    expect((await cacheStatus.POST(post({ action: 'clear' }, ''))).status).toBe(403)
    expect((await cacheStatus.POST(post({ action: 'clear' }, 'let me in'))).status).toBe(403)
  })

  it.each([undefined, 'wrong', 'let me i', 'let me in '.repeat(9)])('is refused with the token %s', async (token) => {
    const { Cache, cacheStatus } = kitForTest({ env })
    await Cache.set('key', 1)

    const response = await cacheStatus.POST(post({ action: 'clear' }, token))

    expect(response.status).toBe(401)
    expect(await Cache.get('key')).toBe(1)
  })

  it('invalidates by tags, keys and pattern', async () => {
    const { Cache, cacheStatus } = kitForTest({ env })
    await Cache.set('a', 1, 60, ['letters'])
    await Cache.setMany(['b', 'c:1', 'd'].map((key) => [key, 1] as const))

    const response = await cacheStatus.POST(
      post({ action: 'invalidate', tags: ['letters'], keys: ['b'], pattern: 'c:*' }, 'let me in'),
    )

    expect(response.status).toBe(200)
    expect([...(await Cache.getMany(['a', 'b', 'c:1', 'd'])).keys()]).toEqual(['d'])
  })

  it('clears', async () => {
    const { Cache, cacheStatus } = kitForTest({ env })
    await Cache.set('a', 1)

    expect((await cacheStatus.POST(post({ action: 'clear' }, 'let me in'))).status).toBe(200)
    expect(await Cache.get('a')).toBeNull()
  })

  it('invalidates in a namespace, and clears it', async () => {
    const { cache, cacheStatus } = kitForTest({ env })
    const [session, job] = [cache.namespace('session'), cache.namespace('job')]
    for (const part of [cache, session, job]) await part.setMany(['a', 'b:1', 'c'].map((key) => [key, 1] as const))
    const left = async (): Promise<readonly (readonly string[])[]> =>
      Promise.all([cache, session, job].map(async (part) => [...(await part.getMany(['a', 'b:1', 'c'])).keys()]))

    const some = post({ action: 'invalidate', namespace: 'session', keys: ['a'], pattern: 'b:*' }, 'let me in')
    expect((await cacheStatus.POST(some)).status).toBe(200)
    expect(await left()).toEqual([['a', 'b:1', 'c'], ['c'], ['a', 'b:1', 'c']])

    const all = post({ action: 'clear', namespace: 'job' }, 'let me in')
    expect((await cacheStatus.POST(all)).status).toBe(200)
    expect(await left()).toEqual([['a', 'b:1', 'c'], ['c'], []])
  })

  it('warms, and says what was done', async () => {
    const { Cache, cacheStatus } = kitForTest({
      env,
      warm: [
        { key: 'a', load: () => 1 },
        {
          key: 'b',
          load: () => {
            throw new TypeError('password of the database')
          },
        },
      ],
    })

    const response = await cacheStatus.POST(post({ action: 'warm' }, 'let me in'))

    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      action: 'warm',
      report: {
        outcome: 'done',
        durationMs: expect.any(Number),
        jobs: [
          { job: 'a', keys: 1, fresh: 0, loaded: 1, absent: 0, failed: 0 },
          { job: 'b', keys: 1, fresh: 0, loaded: 0, absent: 0, failed: 1 },
        ],
      },
    })
    expect(await Cache.get('a')).toBe(1)
    const { warming } = (await (await cacheStatus.GET()).json()) as { warming: object }
    expect(warming).toMatchObject({ isRunning: false, last: { outcome: 'done' } })
  })

  it('warms behind the answer when it is not to wait', async () => {
    let open!: () => void
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const { Cache, CacheWarmer, cacheStatus } = kitForTest({
      env,
      warm: [{ key: 'a', load: () => gate.then(() => 1) }],
    })

    const response = await cacheStatus.POST(post({ action: 'warm', wait: false }, 'let me in'))

    expect(response.status).toBe(202)
    expect(await (await cacheStatus.GET()).json()).toMatchObject({ warming: { isRunning: true, last: null } })
    const run = CacheWarmer.warmCache()
    open()
    expect((await run).outcome).toBe('done')
    expect(await Cache.get('a')).toBe(1)
  })

  it('loads what is fresh too, when forced', async () => {
    const { Cache, cacheStatus } = kitForTest({ env, warm: [{ key: 'a', load: () => 'new' }] })
    await Cache.set('a', 'old')

    await cacheStatus.POST(post({ action: 'warm' }, 'let me in'))
    expect(await Cache.get('a')).toBe('old')
    await cacheStatus.POST(post({ action: 'warm', force: true }, 'let me in'))
    expect(await Cache.get('a')).toBe('new')
  })

  it.each([
    'no json',
    '[]',
    'null',
    {},
    { action: 'warn' },
    { action: 'warm', force: 'yes' },
    { action: 'warm', wait: 0 },
    { action: 'clear', namespace: 7 },
    { action: 'clear', namespace: 'a:b' },
    { action: 'invalidate' },
    { action: 'invalidate', tags: 'leads' },
    { action: 'invalidate', tags: [''] },
    { action: 'invalidate', pattern: '' },
    { action: 'invalidate', keys: ['x'.repeat(20_000)] },
  ])('says what was expected instead of %o', async (body) => {
    const { cacheStatus } = kitForTest({ env })

    const response = await cacheStatus.POST(post(body, 'let me in'))

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.any(String) })
  })
})
