import { RemoteUnavailableError, type RemoteStore } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'

/** A store that is never there, as far as the required methods go. */
function awayStore(): RemoteStore {
  const refuse = (): Promise<never> => Promise.reject(new RemoteUnavailableError('The store is away.'))
  return { getMany: refuse, setMany: refuse, deleteMany: refuse, ping: refuse, close: () => Promise.resolve() }
}

describe('CacheMonitor', () => {
  it('counts hits and misses, and says their share in percent', async () => {
    const { Cache, CacheMonitor } = kitForTest()
    await Cache.set('key', 1)
    for (const key of ['key', 'key', 'other']) await Cache.get(key)

    const stats = await CacheMonitor.getStats()

    expect(stats).toMatchObject({
      hits: 2,
      misses: 1,
      hitRate: '66.67%',
      isConnected: false,
      redisConnected: false,
      fallbackCacheSize: 0,
      memoryCacheSize: 1,
    })
  })

  it('is healthy without a Redis that nobody configured', async () => {
    const { CacheMonitor } = kitForTest()

    expect(await CacheMonitor.healthCheck()).toEqual({
      status: 'healthy',
      redis: false,
      fallback: false,
      latency: null,
      problems: [],
    })
  })

  it('is degraded while memory carries on without Redis', async () => {
    const { Cache, CacheMonitor } = kitForTest({ remote: awayStore })
    await Cache.remember('key', () => 1)

    expect(await CacheMonitor.healthCheck()).toMatchObject({ status: 'degraded', redis: false, fallback: true })
    expect(await CacheMonitor.getStats()).toMatchObject({ redisConnected: false, fallbackCacheSize: 1 })
  })

  it('is unhealthy when nothing is cached', async () => {
    const kit = kitForTest({ remote: awayStore, memory: false })

    expect(await kit.CacheMonitor.healthCheck()).toMatchObject({ status: 'unhealthy' })
    await kit.close()
    expect(await kit.CacheMonitor.healthCheck()).toMatchObject({
      status: 'unhealthy',
      problems: ['The cache is closed.'],
    })
  })
})
