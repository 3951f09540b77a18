import { createCache } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { health } from '../src/health.ts'
import { plainMemory, stage } from './support/stage.ts'

describe('health', () => {
  it('is good where the remote store answers', async () => {
    expect(await health(stage().cache)).toEqual({
      status: 'healthy',
      cache: 'shop',
      remote: 'ready',
      isFallback: false,
      latencyMs: 0.4,
      problems: [],
    })
  })

  it('is degraded where memory carries on alone, and bad without it', async () => {
    const { cache, store } = stage()
    store.state = 'away'
    const without = stage({ memory: undefined })
    without.store.state = 'away'

    expect(await health(cache)).toMatchObject({
      status: 'degraded',
      remote: 'away',
      isFallback: true,
      latencyMs: undefined,
      problems: ['The remote store does not answer (redis).'],
    })
    expect(await health(without.cache)).toMatchObject({ status: 'unhealthy', isFallback: false })
  })

  it('is degraded where Redis is full and drops nothing', async () => {
    const { cache, store } = stage()
    store.info_ = { usedBytes: 995, maxBytes: 1_000, evictionPolicy: 'noeviction' }
    expect(await health(cache)).toMatchObject({ status: 'degraded', problems: [expect.stringContaining('full')] })

    store.info_ = { usedBytes: 995, maxBytes: 1_000, evictionPolicy: 'allkeys-lru' }
    expect(await health(cache)).toMatchObject({ status: 'healthy' })
  })

  it('is good without a remote store, and bad with nothing at all', async () => {
    expect(await health(createCache({ memory: plainMemory() }))).toMatchObject({ status: 'healthy', remote: 'none' })
    expect(await health(createCache())).toMatchObject({ status: 'unhealthy' })
  })

  it('of a closed cache is bad', async () => {
    const { cache } = stage()
    await cache.close()

    expect(await health(cache)).toMatchObject({ status: 'unhealthy', problems: ['The cache is closed.'] })
  })
})
