import { setTimeout as sleep } from 'node:timers/promises'
import {
  alerts,
  hitRatioBelow,
  latencyAbove,
  memoryAbove,
  remoteFailing,
  serveDashboard,
  type Alert,
  type AlertRule,
} from '@holdfast/monitor'
import { prometheus } from '@holdfast/monitor/prometheus'
import { startFaultProxy, type FaultProxy } from '@holdfast/testing/proxy'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCache, redisStore, withBreaker, type Cache } from '../src/index.ts'

let redis: RedisServer
let proxy: FaultProxy
let cache: Cache
let told: string[]
let isOver: boolean
let working: Promise<unknown>

beforeAll(async () => {
  redis = await startRedis({ config: { maxmemory: '16mb', 'maxmemory-policy': 'allkeys-lru' } })
})
afterAll(() => redis.stop())

beforeEach(async () => {
  proxy = await startFaultProxy(redis)
  cache = createCache({
    name: 'live',
    remote: withBreaker(redisStore(proxy.url(), { prefix: 'live:' })),
    remoteTimeout: '1s',
  })
  // The first call connects.
  while ((await cache.ping().catch(() => undefined)) === undefined) await sleep(20)
  told = []
  isOver = false
  working = Promise.resolve()
})

afterEach(async () => {
  isOver = true
  await working
  await cache.close()
  await proxy[Symbol.asyncDispose]()
})

/** Watches by one rule with short windows, as the system's clock goes. */
function watch(rule: AlertRule): Disposable {
  return alerts(cache, {
    rules: [rule],
    every: '100ms',
    onAlert: ({ state, rule: name }: Alert) => void told.push(`${state} ${name}`),
  })
}

/** Does something over and over until the test ends. */
function keepOn(once: (round: number) => Promise<unknown>): void {
  const run = async (): Promise<void> => {
    for (let round = 0; !isOver; round++) {
      await once(round)
      await sleep(2)
    }
  }
  working = run()
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}

const heard = (message: string): Promise<void> => until(() => told.includes(message))

describe('each alert, on a live system', () => {
  it('hit ratio: fires when reads begin to miss, clears when they hit again', async () => {
    let isMissing = false
    keepOn((round) => cache.getOrSet(isMissing ? `key:${round}` : `key:${round % 20}`, () => round))
    using _watching = watch(hitRatioBelow(0.8, { window: '1s', warmUp: '500ms', minimum: 20 }))
    await sleep(2_000)
    expect(told).toEqual([])
    isMissing = true
    await heard('firing hit-ratio')
    isMissing = false
    await heard('cleared hit-ratio')

    expect(told).toEqual(['firing hit-ratio', 'cleared hit-ratio'])
  }, 30_000)

  it('Redis cannot be reached: fires when it is killed, clears when it is back', async () => {
    using _watching = watch(remoteFailing(0.1, { window: '500ms' }))
    await redis.kill()
    await heard('firing remote-failing')
    await redis.restart({ data: 'empty' })
    await heard('cleared remote-failing')

    expect(told).toEqual(['firing remote-failing', 'cleared remote-failing'])
  }, 30_000)

  it('latency: fires when the network becomes slow, clears when it is fast again', async () => {
    keepOn((round) => cache.getMany([`key:${round}`]))
    using _watching = watch(latencyAbove('100ms', { window: '2s', minimum: 5 }))
    const slow = proxy.latency(120)
    await heard('firing latency')
    await slow.heal()
    await heard('cleared latency')

    expect(told).toEqual(['firing latency', 'cleared latency'])
  }, 30_000)

  it('memory: fires when Redis fills up, clears when it is emptied', async () => {
    using _watching = watch(memoryAbove(0.8, { window: '300ms' }))
    for (let many = 0; many < 14; many++) await redis.command('SET', `filler:${many}`, 'x'.repeat(1_000_000))
    await heard('firing memory')
    await redis.command('FLUSHALL')
    await heard('cleared memory')

    expect(told).toEqual(['firing memory', 'cleared memory'])
  }, 30_000)
})

describe('a live system', () => {
  it('tells Prometheus of Redis’ own figures and of its breaker, and that it went away', async () => {
    await cache.getOrSet('key', () => 1)
    const metrics = prometheus(cache)
    const value = async (name: string): Promise<number> => {
      const line = new RegExp(`^${name}\\{cache="live"\\} (\\S+)$`, 'm').exec(await metrics.text())
      return Number(line?.[1])
    }

    expect(await value('holdfast_remote_up')).toBe(1)
    expect(await value('holdfast_server_memory_max_bytes')).toBe(16 * 1024 * 1024)
    expect(await value('holdfast_server_memory_used_bytes')).toBeGreaterThan(100_000)
    expect(await value('holdfast_breaker_open')).toBe(0)
    await redis.kill()
    await until(async () => (await value('holdfast_remote_up')) === 0)
    await redis.restart({ data: 'empty' })
    await until(async () => (await value('holdfast_remote_up')) === 1)
  }, 30_000)

  it('is invalidated by its dashboard in other processes too', async () => {
    const token = 'a-secret-of-enough-length'
    const other = createCache({ name: 'other', remote: redisStore(redis.url, { prefix: 'live:' }) })
    await cache.set('key', 'value', { tags: ['t'] })
    await until(async () => (await other.get('key')) === 'value')
    await using served = await serveDashboard(cache, { token, allowInvalidate: true })
    const answer = await fetch(`${served.url}api/invalidate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tag: 't' }),
    })

    expect(await answer.json()).toEqual({ reached: 'all', queued: false })
    await until(async () => (await other.get('key')) === undefined)
    await other.close()
  }, 30_000)
})
