import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'
import { createKit } from './create-kit.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('CacheWarmer', () => {
  it('loads keys one at a time, one by one, and several at once, with seconds', async () => {
    const { Cache, CacheWarmer, cache } = kitForTest({
      defaults: { tags: ['all'] },
      warm: [
        { key: 'pricing:california', load: () => 'sunny', ttl: 7_200, tags: ['pricing'] },
        { name: 'leads', keys: ['lead:1', 'lead:2'], load: (key) => key.toUpperCase() },
        {
          keys: () => ['user:1', 'user:2'],
          loadMany: (keys) => new Map(keys.map((key) => [key, key.length])),
          ttl: '5m',
        },
      ],
    })

    const { outcome, jobs } = await CacheWarmer.warmCache()

    expect([outcome, ...jobs.map(({ job, loaded }) => `${job}: ${loaded}`)]).toEqual([
      'done',
      'pricing:california: 1',
      'leads: 2',
      'job 3: 2',
    ])
    expect(await Cache.get('lead:2')).toBe('LEAD:2')
    const found = await Promise.all(['pricing:california', 'lead:1', 'user:1'].map((key) => cache.lookup(key)))
    expect(found.map((one) => Math.round(one!.ttlMs / 1_000))).toEqual([7_200, 3_600, 300])
    expect(found[0]!.tags.toSorted()).toEqual(['all', 'pricing'])
    expect(CacheWarmer.last).toMatchObject({ outcome: 'done' })
  })

  it('warms on start and at the interval, behind, when the environment says so', async () => {
    const load = vi.fn(() => 1)
    kitForTest({
      env: { CACHE_WARM_ON_START: 'true', CACHE_WARM_INTERVAL: '60' },
      warm: [{ key: 'key', load, ttl: 1 }],
    })
    expect(load).not.toHaveBeenCalled()

    await vi.advanceTimersByTimeAsync(1)
    expect(load).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(60_001)
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('warms on start alone where no interval is set', async () => {
    const load = vi.fn(() => 1)
    kitForTest({ env: { CACHE_WARM_ON_START: 'true' }, warm: [{ key: 'key', load, ttl: 1 }] })

    await vi.advanceTimersByTimeAsync(86_400_000)

    expect(load).toHaveBeenCalledTimes(1)
  })

  it('warms every half hour in production, with jitter, and nowhere else by itself', async () => {
    const load = vi.fn(() => 1)
    const development = vi.fn(() => 1)
    const warm = (loader: () => number) => [{ key: 'key', load: loader, ttl: 1 }]
    kitForTest({ env: { NODE_ENV: 'production' }, warm: warm(load), warming: { random: () => 1 } })
    kitForTest({ env: { NODE_ENV: 'development' }, warm: warm(development) })

    await vi.advanceTimersByTimeAsync(26 * 60_000)
    expect(load).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(2 * 60_000)
    expect(load).toHaveBeenCalledTimes(1)
    expect(development).not.toHaveBeenCalled()
  })

  it('warms once an interval however often the code is loaded anew, with the code of the last time', async () => {
    const loads: number[] = []
    const kitOf = (version: number) =>
      createKit({
        name: 'reloaded-warmer',
        env: { CACHE_WARM_INTERVAL: '60' },
        log: () => undefined,
        warm: [{ key: 'key', load: () => loads.push(version), ttl: 1 }],
      })
    const kits = Array.from({ length: 100 }, (_, version) => kitOf(version))

    await vi.advanceTimersByTimeAsync(61_000)

    expect(loads).toEqual([99])
    // A bundle that still has the first one.
    await kits[0]!.CacheWarmer.warmCache({ force: true })
    expect(loads).toEqual([99, 99])
    await kits[0]!.close()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(loads).toEqual([99, 99])
    await expect(kits[99]!.CacheWarmer.warmCache()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CACHE_CLOSED' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves alone a kit of the same name that warms nothing', async () => {
    const load = vi.fn(() => 1)
    const options = { name: 'shared-warmer', env: { CACHE_WARM_INTERVAL: '60' }, log: () => undefined }
    const kit = createKit({ ...options, warm: [{ key: 'key', load }] })
    createKit(options)

    await vi.advanceTimersByTimeAsync(61_000)

    expect(load).toHaveBeenCalledTimes(1)
    await kit.close()
  })

  it('says once what failed, without what the error says', async () => {
    const { CacheWarmer, lines } = kitForTest({
      remote: false,
      warming: { retries: 0 },
      warm: [
        {
          name: 'pricing',
          keys: ['a', 'b'],
          load: () => {
            throw new RangeError('value: 4711')
          },
        },
      ],
    })

    await CacheWarmer.warmCache()

    expect(lines).toEqual(['[holdfast] warming: pricing: a load failed: RangeError'])
  })

  it('loads nothing while the cache is bypassed, and says when there is nothing to warm', async () => {
    const load = vi.fn(() => 1)
    const bypassed = kitForTest({ bypass: true, env: { CACHE_WARM_ON_START: '1' }, warm: [{ key: 'key', load }] })
    const empty = kitForTest({ remote: false })

    await vi.advanceTimersByTimeAsync(10)
    await bypassed.CacheWarmer.warmCache()
    await empty.CacheWarmer.warmCache()

    expect(load).not.toHaveBeenCalled()
    expect(bypassed.lines).toEqual([])
    expect(empty.lines).toEqual([expect.stringContaining('nothing to warm')])
  })

  it('refuses a job that cannot be used at once', () => {
    expect(() => createKit({ env: {}, warm: [{ keys: ['a'] } as never] })).toThrow(/load/)
    expect(() => createKit({ env: {}, warm: [], warming: { concurrency: 0 } })).not.toThrow()
    expect(() => createKit({ env: {}, warm: [{ key: 'a', load: () => 1 }], warming: { concurrency: 0 } })).toThrow(
      /concurrency/,
    )
  })
})
