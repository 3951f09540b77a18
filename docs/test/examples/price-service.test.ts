import { startRedis } from '@holdfast/testing/redis'
import { startFaultProxy } from '@holdfast/testing/proxy'
import { fakeClock } from '@holdfast/testing'
import { createCache, redisStore, withBreaker, type Cache } from 'holdfast'
import { describe, expect, it, vi } from 'vitest'

/** What is tested: a part of an application that is given its cache. */
function priceService(cache: Cache, readPrice: (id: string) => Promise<number>) {
  return {
    price: (id: string) =>
      cache.getOrSet(`price:${id}`, () => readPrice(id), { ttl: '1m', grace: '1h', tags: ['prices'] }),
    pricesChanged: () => cache.invalidateTags('prices'),
  }
}

describe('priceService', () => {
  // #region memory
  it('serves the last known price while the database is away', async () => {
    const clock = fakeClock()
    await using cache = createCache({ clock })
    const readPrice = vi.fn(async (_id: string) => 100)
    const service = priceService(cache, readPrice)
    await service.price('tv')

    await clock.advance(60_000)
    readPrice.mockRejectedValue(new Error('the database is away'))

    expect(await service.price('tv')).toBe(100)
    expect(cache.stats().staleHits).toBe(1)
  })
  // #endregion memory

  // #region redis
  it('shows a new price in every process', async () => {
    await using redis = await startRedis()
    const open = () => createCache({ remote: redisStore(redis.url, { prefix: 'test:' }), remoteTimeout: '5s' })
    await using here = open()
    await using there = open()
    let price = 100
    const readPrice = async () => price
    await priceService(here, readPrice).price('tv')
    await priceService(there, readPrice).price('tv')

    price = 90
    const { reached } = await priceService(here, readPrice).pricesChanged()

    expect(reached).toBe('all')
    await vi.waitFor(async () => expect(await priceService(there, readPrice).price('tv')).toBe(90))
  })
  // #endregion redis

  // #region fault
  it('answers while Redis does not', async () => {
    await using redis = await startRedis()
    await using proxy = await startFaultProxy(redis)
    await using cache = createCache({ remote: withBreaker(redisStore(proxy.url(), { prefix: 'test:' })) })
    const service = priceService(cache, async () => 100)

    proxy.blackHole() // connections stay open, nothing passes

    expect(await service.price('tv')).toBe(100)
    expect(await service.pricesChanged()).toEqual({ reached: 'memory', queued: true })
  })
  // #endregion fault
})
