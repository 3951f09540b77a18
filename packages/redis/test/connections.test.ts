import { inspect } from 'node:util'
import { createCache, type Cache, type CacheOptions } from '@holdfast/core'
import { startRedis, startSentinels } from '@holdfast/testing/redis'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { RedisServer } from '../src/ioredis-connector.ts'
import { redisStore } from '../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

function open(server: RedisServer, options: Partial<CacheOptions<string>> = {}): Cache<string> {
  const cache = createCache<string>({
    memory: mapStore(),
    remote: redisStore(server, { prefix: 'way:' }),
    ttl: '1h',
    remoteTimeout: '5s',
    coherence: { maxStaleness: '2s', heartbeat: '200ms' },
    ...options,
  })
  onTestFinished(() => cache.close())
  return cache
}

/** Resolves with what is not promised. */
async function works(cache: Cache<string>): Promise<readonly string[]> {
  await vi.waitFor(() => expect(cache.describe().remote!.state).toBe('ready'), 10_000)
  expect(await cache.set('key', 'value')).toEqual({ reached: 'all', queued: false })
  expect(await cache.get('key', { skipMemory: true })).toBe('value')
  return cache.describe().limits
}

describe('ways to Redis', () => {
  it('TLS, with the authority that the server was signed by, and no other', async () => {
    await using redis = await startRedis({ tls: true, password: 'pass word/@:' })
    const { port, ca } = redis.tls!

    expect(await works(open({ host: '127.0.0.1', port, password: 'pass word/@:', tls: { ca } }))).toEqual([])

    const other = open(redis.tls!.url)
    await vi.waitFor(() => expect(other.describe().remote!.state).toBe('away'), 10_000)
    const { details } = other.describe().remote!
    expect(details!['cause']).toMatch(/certificate|self-signed/)
    expect(inspect(other.describe(), { depth: 9 })).not.toContain('pass')
  }, 60_000)

  it('a name and a password with characters of all kinds', async () => {
    const password = 'p@ss:w/rd?#%'
    await using redis = await startRedis({ config: { user: `app on >${password} ~way:* &way:* +@all` } })
    expect(await works(open(redis.url.replace('redis://', `redis://app:${encodeURIComponent(password)}@`)))).toEqual([])
  }, 60_000)

  it('a Unix socket', async () => {
    await using redis = await startRedis()
    expect(await works(open(redis.socketPath))).toEqual([])
    expect(await works(open({ path: redis.socketPath }))).toEqual([])
  }, 60_000)

  it('a client of yours, of which nothing is used, closed or left behind', async () => {
    await using redis = await startRedis()
    const client = new Redis(redis.url)
    onTestFinished(() => client.disconnect())
    await client.ping()
    const listeners = (): unknown => client.eventNames().map((name) => [name, client.listenerCount(name)])
    const connections = async (): Promise<number> =>
      String(await redis.command('CLIENT', 'LIST'))
        .trim()
        .split('\n').length
    const [before, open_] = [listeners(), await connections()]

    const cache = open(client)
    expect(await works(cache)).toEqual([])
    expect(await connections()).toBe(open_ + 2)
    await cache.close()

    expect(client.status).toBe('ready')
    expect(await client.ping()).toBe('PONG')
    expect(listeners()).toEqual(before)
    await vi.waitFor(async () => expect(await connections()).toBe(open_), 10_000)
    expect(() => redisStore(new Redis({ keyPrefix: 'x:', lazyConnect: true }))).toThrow('without `keyPrefix`')
  }, 60_000)
})

describe('a primary that Sentinels watch', () => {
  it('is followed to its successor, which is not believed about the past', async () => {
    await using watched = await startSentinels()
    const place = { sentinels: [...watched.addresses], name: watched.name }
    const [a, b] = [open(place), open(place)]
    expect(await works(a)).toEqual([])
    expect(await works(b)).toEqual([])
    const first = await watched.primary()
    await a.set('key', 'old')
    expect(await b.get('key')).toBe('old')

    await first.kill()
    expect((await a.delete('key')).queued).toBe(true)
    expect(await a.get('key')).toBeUndefined()
    expect(await a.getOrSet('other', () => 'loaded')).toBe('loaded')
    await watched.failedOverFrom(first)
    await vi.waitFor(() => expect(a.describe().remote!.state).toBe('ready'), 20_000)
    await vi.waitFor(async () => expect(await b.get('key')).toBeUndefined(), 20_000)

    await first.restart({ data: 'empty' })
    await watched.settled()
    expect(await works(a)).toEqual([])
    expect(await works(b)).toEqual([])
    expect(await first.command('INFO', 'replication')).toContain('role:slave')
  }, 120_000)

  it('cannot be used while the Sentinels cannot be asked, and is told without the password', async () => {
    const cache = open({ sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'main', password: 'hunter2' })

    await vi.waitFor(() => expect(cache.describe().remote!.state).toBe('away'), 20_000)

    expect(await cache.getOrSet('key', () => 'loaded')).toBe('loaded')
    expect(inspect(cache.describe(), { depth: 9 })).not.toContain('hunter2')
  }, 60_000)
})
