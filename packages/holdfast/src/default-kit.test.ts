import { expect, it, vi } from 'vitest'
import { Cache, close } from './redis.ts'
import { CacheInvalidator, CacheMonitor, cacheStatus, CacheWarmer, cacheWrapper, withCache } from './middleware.ts'

for (const name of ['REDIS_URL', 'REDIS_HOST', 'NODE_ENV', 'CACHE_ADMIN_TOKEN']) vi.stubEnv(name, '')

it('works without any set-up', async () => {
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
})

it('reads, writes and invalidates many, by what they are called', async () => {
  const left = async (): Promise<readonly string[]> => [...(await Cache.getMany(['a:1', 'a:2', 'b', 'c'])).keys()]
  await Cache.setMany([
    ['a:1', 1],
    ['a:2', 2],
    ['b', 3],
  ])

  expect(await Cache.remember('c', () => 4, 60, ['letters'])).toBe(4)
  expect(await left()).toEqual(['a:1', 'a:2', 'b', 'c'])
  await CacheInvalidator.invalidateByPattern('a:*')
  expect(await left()).toEqual(['b', 'c'])
  await CacheInvalidator.invalidateKeys(['b'])
  expect(await left()).toEqual(['c'])
  await Cache.delete('c')
  expect([await Cache.get('c'), await left()]).toEqual([null, []])
  await Cache.set('c', 5)
  await Cache.clear()
  expect(await left()).toEqual([])
})

it('does nothing for who has no token, and is unhealthy once it is closed', async () => {
  const post = await cacheStatus.POST(new Request('http://localhost/', { method: 'POST', body: '{"action":"clear"}' }))
  const before = await CacheMonitor.healthCheck()
  await close()

  expect([post.status, before.status]).toEqual([403, 'healthy'])
  expect((await CacheMonitor.healthCheck()).status).toBe('unhealthy')
})
