import { expect, it, vi } from 'vitest'
import { Cache, close } from './redis.ts'
import { CacheInvalidator, CacheMonitor, cacheStatus, CacheWarmer, cacheWrapper, withCache } from './middleware.ts'

it('works without any set-up', async () => {
  for (const name of ['REDIS_URL', 'REDIS_HOST', 'NODE_ENV']) vi.stubEnv(name, '')
  class Prices {
    calls = 0

    @withCache({ ttl: 60, tags: ['pricing'] })
    async all(): Promise<number> {
      this.calls += 1
      return 7
    }
  }
  const prices = new Prices()

  await Cache.set('key', 1, 60, ['numbers'])
  await prices.all()
  await prices.all()
  const wrapped = await cacheWrapper('key', () => 2)

  expect(prices.calls).toBe(1)
  expect(wrapped).toMatchObject({ data: 1, context: { hit: true } })
  await CacheInvalidator.invalidateByTags(['numbers'])
  expect(await Cache.has('key')).toBe(false)
  expect((await CacheMonitor.getStats()).memoryCacheSize).toBeGreaterThan(0)
  expect((await cacheStatus.GET()).status).toBe(200)
  expect(await CacheWarmer.warmCache()).toMatchObject({ outcome: 'done', jobs: [] })
  expect([CacheWarmer.isRunning, CacheWarmer.last]).toEqual([false, undefined])
  await close()
})
