import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { createCache, createKit, createWarmer, nodeHandler, redisStore, statusRoute, type KitWarmJob } from 'holdfast'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { runCommand } from './run-command.ts'

// Each runs several processes.
vi.setConfig({ testTimeout: 60_000 })

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis.stop())

let made = 0

/** An application that listens, with its status route. */
async function application(warm: readonly KitWarmJob[] = [], redisUrl = redis.url) {
  const env = { REDIS_URL: redisUrl, REDIS_KEY_PREFIX: `app-${(made += 1)}:`, CACHE_ADMIN_TOKEN: 'let me in' }
  const kit = createKit({ env, warm, warming: { retries: 0 }, log: () => undefined })
  onTestFinished(() => kit.close())
  await vi.waitFor(async () => expect((await kit.CacheMonitor.healthCheck()).status).toBe('healthy'), {
    timeout: 10_000,
  })
  const handle = async (request: Request): Promise<Response> =>
    request.method === 'POST' ? kit.cacheStatus.POST(request) : kit.cacheStatus.GET(request)
  return { ...kit, url: await serve(handle) }
}

/** The address of a status route. */
async function serve(handle: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer(nodeHandler(handle))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/cache-status`
}

const env = { CACHE_ADMIN_TOKEN: 'let me in' }

describe('holdfast stats', () => {
  it('shows health and counters', async () => {
    const { Cache, url } = await application()
    await Cache.set('key', 1)
    await Cache.get('key')
    await Cache.get('other')

    const human = await runCommand(['stats', '--url', url])
    const json = await runCommand(['stats', '--json'], { env: { CACHE_STATUS_URL: url } })

    expect(human).toMatchObject({ code: 0, err: '' })
    expect(human.out).toMatch(/status +healthy\n/)
    expect(human.out).toMatch(/hit rate +50\.00% \(1 hits, 1 misses\)\n/)
    expect(JSON.parse(json.out)).toMatchObject({ status: 'healthy', stats: { hits: 1, misses: 1 } })
  })

  it('ends with 1 when the cache is unhealthy', async () => {
    const { close, url } = await application()
    await close()

    expect(await runCommand(['stats', '--url', url])).toMatchObject({
      code: 1,
      out: expect.stringContaining('unhealthy'),
    })
  })

  it('says what is wrong with the address', async () => {
    const server = createServer((_, response) => response.end('<html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const html = await runCommand(['stats', '--url', url])
    await new Promise((resolve) => server.close(resolve))

    const gone = await runCommand(['stats', '--url', url])
    const wrong = await runCommand(['stats', '--url', 'localhost'])
    const none = await runCommand(['stats'], { cwd: '/' })

    expect([html.code, gone.code, wrong.code, none.code]).toEqual([3, 3, 2, 2])
    expect(html.err).toContain('status route')
    expect(gone.err).toContain('ECONNREFUSED')
    expect(none.err).toContain('--url')
  })
})

describe('holdfast top', () => {
  it('shows what happened between two looks', async () => {
    const { Cache, url } = await application()
    // The last one may be cut off by the end of the application.
    const reads = setInterval(() => void Cache.get('key').catch(() => undefined), 2)
    onTestFinished(() => clearInterval(reads))

    const ran = await runCommand(['top', '--url', url, '--interval', '200ms', '--count', '2', '--json'])

    const lines = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { misses: number; hits: number })
    expect(ran.code).toBe(0)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatchObject({ status: 'healthy', redis: true, hits: 0, hitRate: 0 })
    expect(lines[1]!.misses).toBeGreaterThan(0)
  })

  it('goes on until Ctrl-C, and ends with 0', async () => {
    const { url } = await application()

    const ran = await runCommand(['top', '--url', url, '--interval', '0.05'], { interruptAfterLines: 3 })

    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/^ +time +hits\/s/)
    expect(ran.out.match(/healthy/g)!.length).toBeGreaterThan(1)
  })
})

describe('holdfast top, where the application goes away', () => {
  it.each([
    ['says so and goes on', [], /^ +time .*\nhttp.* answered 502 without JSON.*\n.* healthy\n$/s],
    [
      'says so to programs and goes on',
      ['--json'],
      /^\{[^\n]*"error":"http[^\n]*\}\n\{[^\n]*"status":"healthy"[^\n]*\}\n$/,
    ],
  ])('%s', async (_, flags, lines) => {
    const { cacheStatus } = await application()
    let looks = 0
    const url = await serve(async () =>
      ++looks === 2 ? new Response('Bad Gateway', { status: 502 }) : cacheStatus.GET(),
    )

    const ran = await runCommand(['top', '--url', url, '--interval', '20ms', '--count', '2', ...flags])

    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringMatching(lines) })
  })
})

describe('holdfast warm', () => {
  it('has the application warm, and shows what was done', async () => {
    const { Cache, url } = await application([{ name: 'pricing', keys: ['a', 'b'], load: (key) => key, ttl: 60 }])

    const human = await runCommand(['warm', '--url', url], { env })
    const json = await runCommand(['warm', '--url', url, '--token', 'let me in', '--force', '--json'])
    const behind = await runCommand(['warm', '--url', url, '--no-wait'], { env })

    expect(human).toMatchObject({ code: 0, err: '' })
    expect(human.out).toContain('pricing: 2 loaded, 0 fresh, 0 without a value, 0 failed')
    expect(JSON.parse(json.out)).toMatchObject({ report: { outcome: 'done', jobs: [{ loaded: 2, fresh: 0 }] } })
    expect(behind).toMatchObject({ code: 0, out: 'Warming has begun.\n' })
    expect(await Cache.get('a')).toBe('a')
  })

  it('ends with 1 when something failed, and with 3 when it is refused', async () => {
    const { url } = await application([
      {
        key: 'a',
        load: () => {
          throw new Error('no')
        },
      },
    ])

    expect(await runCommand(['warm', '--url', url], { env })).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 failed'),
    })
    const refused = await runCommand(['warm', '--url', url, '--token', 'wrong'])
    expect(refused).toMatchObject({ code: 3, out: '', err: expect.stringContaining('CACHE_ADMIN_TOKEN') })
    expect((await runCommand(['warm', '--url', url])).code).toBe(3)
  })
})

describe('holdfast invalidate --url', () => {
  it('invalidates through the application', async () => {
    const { Cache, url } = await application()
    await Cache.set('a', 1, 60, ['leads'])
    await Cache.set('b', 1)

    const ran = await runCommand(['invalidate', '--url', url, '--tag', 'leads'], { env })

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('Invalidated') })
    expect([...(await Cache.getMany(['a', 'b'])).keys()]).toEqual(['b'])
  })

  it('invalidates keys of namespaces, and clears one, through the application', async () => {
    const { cache, url } = await application()
    const [session, job] = [cache.namespace('session'), cache.namespace('job')]
    const parts = [cache, session, job]
    const left = async (): Promise<readonly unknown[]> => Promise.all(parts.map(async (part) => part.get('a')))
    for (const part of parts)
      await vi.waitFor(async () => expect(await part.set('a', 1)).toMatchObject({ reached: 'all' }), {
        timeout: 30_000,
      })

    const keys = await runCommand(['invalidate', '--url', url, '--key', 'a', '@session:a'], { env })
    expect(keys).toMatchObject({ code: 0, out: expect.stringContaining('Invalidated') })
    await vi.waitFor(async () => expect(await left()).toEqual([undefined, undefined, 1]), { timeout: 30_000 })

    await runCommand(['invalidate', '--url', url, '--namespace', 'job', '--all'], { env })
    await vi.waitFor(async () => expect(await left()).toEqual([undefined, undefined, undefined]), { timeout: 30_000 })
  })
})

describe('holdfast invalidate --url, where the application has lost its Redis', () => {
  it('says what was not reached, and ends with 1', async () => {
    await using own = await startRedis()
    const { CacheMonitor, url } = await application([], own.url)
    await own.kill()
    await vi.waitFor(async () => expect((await CacheMonitor.healthCheck()).redis).toBe(false), { timeout: 10_000 })

    const ran = await runCommand(['invalidate', '--url', url, '--key', 'a', '--tag', 'leads'], { env })

    expect(ran).toMatchObject({ code: 1, out: 'Redis was not reached for: tags, keys.\n' })
  })
})

describe('the status route of a cache without a kit', () => {
  it('is what stats, top, warm and invalidate ask', async () => {
    const cache = createCache({ remote: redisStore(redis.url, { prefix: 'plain:' }) })
    onTestFinished(() => cache.close())
    const warmer = createWarmer(cache, { jobs: [{ name: 'front', keys: ['front'], load: () => 'warm' }] })
    onTestFinished(() => warmer.close())
    const url = await serve(statusRoute(cache, { adminToken: 'let me in', warmer }).handle)
    await vi.waitFor(async () => expect(await cache.set('key', 1)).toMatchObject({ reached: 'all' }), {
      timeout: 30_000,
    })
    await cache.get('key')

    const stats = await runCommand(['stats', '--url', url, '--json'])
    const top = await runCommand(['top', '--url', url, '--interval', '50ms', '--count', '1'])
    const warmed = await runCommand(['warm', '--url', url], { env })
    const invalidated = await runCommand(['invalidate', '--url', url, '--key', 'key'], { env })

    expect(stats.err).toBe('')
    expect(JSON.parse(stats.out)).toMatchObject({ redis: true, stats: { hits: 1 } })
    expect(top).toMatchObject({ code: 0, out: expect.stringContaining('hits/s') })
    expect(warmed).toMatchObject({ code: 0, out: expect.stringContaining('front: 1 loaded') })
    expect(invalidated).toMatchObject({ code: 0, out: expect.stringContaining('Invalidated') })
    expect(await cache.get('key')).toBeUndefined()
  })

  it('is named where something else answers', async () => {
    const url = await serve(async () => Response.json({ status: 'healthy', problems: [] }))

    expect(await runCommand(['stats', '--url', url])).toMatchObject({
      code: 3,
      err: expect.stringContaining('statusRoute(cache)'),
    })
  })
})
