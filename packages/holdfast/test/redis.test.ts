import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKit } from '../src/create-kit.ts'
import { kitForTest } from './kit-for-test.ts'

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis.stop())

/** Runs until it holds: connections take their time. */
function until(holds: () => unknown): Promise<unknown> {
  return vi.waitFor(holds, { timeout: 10_000, interval: 20 })
}

describe('a kit with Redis', () => {
  it('shares its answers with other processes, under readable keys', async () => {
    const env = { REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'localpower:' }
    const here = kitForTest({ env })
    const there = kitForTest({ env })
    await until(async () => expect((await here.CacheMonitor.healthCheck()).status).toBe('healthy'))
    await until(async () => expect((await there.CacheMonitor.healthCheck()).status).toBe('healthy'))

    const written = await here.Cache.set('lead:123', { id: 123 }, 3600, ['leads'])
    const { data, context } = await there.cacheWrapper('lead:123', () => ({ id: 0 }))

    expect(written).toEqual({ reached: 'all', queued: false })
    expect(data).toEqual({ id: 123 })
    expect(context).toMatchObject({ hit: true, source: 'redis', tags: ['leads'] })
    expect(await redis.command('KEYS', 'localpower:lead*')).toEqual(['localpower:lead:123'])
    const ttlMs = Number(await redis.command('PTTL', 'localpower:lead:123'))
    expect(ttlMs).toBeGreaterThan(3_500_000)
    expect(ttlMs).toBeLessThanOrEqual(3_600_000)
  })

  it('invalidates in other processes', async () => {
    const env = { REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'invalidates:' }
    const here = kitForTest({ env, tags: { LEADS: 'leads' } })
    const there = kitForTest({ env })
    await here.Cache.set('lead:1', 'old', 60, ['leads'])
    await until(async () => expect(await there.Cache.get('lead:1')).toBe('old'))

    await here.CacheInvalidator.invalidateLeads()

    await until(async () => expect(await there.Cache.get('lead:1')).toBeNull())
  })

  it('is degraded where Redis lets it hear nothing of other processes', async () => {
    await using server = await startRedis({ config: { user: 'deaf on >pw ~* resetchannels +@all' } })
    const { CacheMonitor } = kitForTest({ env: { REDIS_URL: server.url.replace('redis://', 'redis://deaf:pw@') } })

    await until(async () => expect((await CacheMonitor.healthCheck()).redis).toBe(true))

    expect(await CacheMonitor.healthCheck()).toMatchObject({
      status: 'degraded',
      fallback: false,
      problems: [expect.stringContaining('not heard')],
    })
  })

  it('logs, where it is debugged, what became of Redis and of what was invalidated meanwhile', async () => {
    await using server = await startRedis()
    const lines: string[] = []
    const { Cache, CacheMonitor } = kitForTest({
      env: { REDIS_URL: server.url, CACHE_DEBUG: 'true' },
      log: (line) => lines.push(line),
    })
    await until(async () => expect((await CacheMonitor.healthCheck()).redis).toBe(true))

    await server.kill()
    await Cache.delete('lead:1')
    await server.restart({ data: 'empty' })

    await until(() => expect(lines).toContain('[holdfast] replayed what was invalidated meanwhile: 1 keys, 0 tags'))
    expect(lines.filter((line) => line.startsWith('[holdfast] Redis is ')).at(-1)).toBe('[holdfast] Redis is ready')
  })

  it('connects by host, port, user, password and database', async () => {
    await using server = await startRedis({ config: { user: 'app on >p@ss:w/rd ~* &* +@all' } })
    const { CacheMonitor, Cache } = kitForTest({
      env: {
        REDIS_HOST: '127.0.0.1',
        REDIS_PORT: String(server.port),
        REDIS_USERNAME: 'app',
        REDIS_PASSWORD: 'p@ss:w/rd',
        REDIS_DB: '2',
      },
    })

    await until(async () => expect((await CacheMonitor.healthCheck()).redis).toBe(true))
    await Cache.set('key', 1)

    expect(String(await server.command('INFO', 'keyspace'))).toMatch(/^db2:/m)
  })

  it('opens no connection when it is made, and no second one when it is made again', async () => {
    await using server = await startRedis()
    const options = { name: 'hot', env: { REDIS_URL: server.url }, log: () => undefined }
    const connections = async (): Promise<number> =>
      String(await server.command('CLIENT', 'LIST'))
        .trim()
        .split('\n').length
    const before = await connections()
    const first = createKit(options)
    onTestFinished(() => first.close())
    expect(await connections()).toBe(before)
    await until(async () => expect((await first.CacheMonitor.healthCheck()).redis).toBe(true))
    const opened = await connections()

    for (let reload = 0; reload < 100; reload += 1) await createKit(options).Cache.remember(`key:${reload}`, () => 1)

    expect(opened).toBeGreaterThan(before)
    expect(await connections()).toBe(opened)
  })
})

describe('a kit whose Redis is not there', () => {
  it('answers, says so, and uses Redis again when it is back', async () => {
    await using server = await startRedis()
    const kit = kitForTest({ env: { REDIS_URL: server.url }, tags: { LEADS: 'leads' } })
    const { Cache, CacheMonitor, CacheInvalidator, cacheStatus } = kit
    await until(async () => expect((await CacheMonitor.getStats()).redisConnected).toBe(true))
    await Cache.set('before', 'kept', 600, ['leads'])
    expect((await CacheMonitor.getStats()).fallbackCacheSize).toBe(0)

    await server.kill()

    await until(async () => expect((await CacheMonitor.healthCheck()).status).toBe('degraded'))
    expect(await Cache.get('before')).toBe('kept')
    expect(await Cache.remember('during', () => 'loaded', 600)).toBe('loaded')
    expect(await CacheInvalidator.invalidateLeads()).toEqual({ reached: 'memory', queued: true })
    expect(await Cache.get('before')).toBeNull()
    expect(await CacheMonitor.healthCheck()).toMatchObject({ redis: false, fallback: true, latency: null })
    expect(await CacheMonitor.getStats()).toMatchObject({ redisConnected: false, fallbackCacheSize: 1 })
    expect((await cacheStatus.GET()).status).toBe(200)

    await server.restart({ data: 'empty' })

    await until(async () => expect((await CacheMonitor.healthCheck()).status).toBe('healthy'))
    await until(async () => expect((await Cache.set('after', 1)).reached).toBe('all'))
    expect((await CacheMonitor.getStats()).fallbackCacheSize).toBe(0)
  })

  it('begins without Redis, and uses it when it appears', async () => {
    await using server = await startRedis()
    await server.kill()
    const { Cache, CacheMonitor } = kitForTest({ env: { REDIS_URL: server.url } })

    expect(await Cache.remember('key', () => 'loaded')).toBe('loaded')
    expect((await CacheMonitor.healthCheck()).status).toBe('degraded')
    await server.restart({ data: 'empty' })

    await until(async () => expect((await CacheMonitor.healthCheck()).status).toBe('healthy'))
  })

  it('never says the password, however wrong it is', async () => {
    await using server = await startRedis({ password: 'right' })
    const { Cache, CacheMonitor, lines } = kitForTest({
      env: { REDIS_URL: `redis://127.0.0.1:${server.port}`, REDIS_PASSWORD: 'hunter2', CACHE_DEBUG: 'true' },
    })

    expect(await Cache.remember('key', () => 'loaded')).toBe('loaded')
    await until(() => expect(lines.join('\n')).toMatch(/Redis/))
    const health = await CacheMonitor.healthCheck()

    expect(health.status).toBe('degraded')
    expect(`${lines.join('\n')}${JSON.stringify(health)}`).not.toContain('hunter2')
  })
})
