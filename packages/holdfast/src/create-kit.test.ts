import { cached, CacheClosedError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { kitForTest } from '../test/kit-for-test.ts'
import { base64 } from './vocabulary.ts'
import { createKit } from './create-kit.ts'

describe('createKit', () => {
  it("keeps the application's names for keys and tags", () => {
    const { CacheKeys, CacheTags } = kitForTest({
      keys: {
        lead: (id: string) => `lead:${id}`,
        leadList: (query: string) => `leads:list:${base64(query)}`,
        analytics: (report: string, range: string) => `analytics:${report}:${range}`,
      },
      tags: { LEADS: 'leads', ANALYTICS: 'analytics' },
    })

    expect(CacheKeys.lead('123')).toBe('lead:123')
    expect(CacheKeys.leadList('status=NEW&page=1')).toBe('leads:list:c3RhdHVzPU5FVyZwYWdlPTE=')
    expect(CacheKeys.analytics('overview', 'today')).toBe('analytics:overview:today')
    const tag: 'leads' = CacheTags.LEADS
    expect(tag).toBe('leads')
    // @ts-expect-error an id is a string
    CacheKeys.lead(1)
  })

  it('throws at once for a variable that cannot be used', () => {
    expect(() => createKit({ env: { CACHE_DEFAULT_TTL: 'soon' } })).toThrow('CACHE_DEFAULT_TTL')
  })

  it('throws for an option that it does not know, and for none', () => {
    expect(() => createKit({ env: {}, kyes: {} } as never)).toThrow('Unknown option `kyes`. Did you mean `keys`?')
    expect(() => createKit(5 as never)).toThrow('Expected options of a kit to be an object, got 5.')
  })

  it('shares one cache with an earlier kit of the same name, as after hot reloading', async () => {
    const options = { name: 'reloaded', env: {}, log: () => undefined }
    const before = createKit(options)
    await before.Cache.set('key', 'value')

    const after = createKit(options)

    expect(await after.Cache.get('key')).toBe('value')
    await after.close()
  })

  it('shares nothing between prefixes', async () => {
    const one = kitForTest({ name: 'one', env: { REDIS_KEY_PREFIX: 'one:' } })
    const two = kitForTest({ name: 'one', env: { REDIS_KEY_PREFIX: 'two:' } })
    await one.Cache.set('key', 'value')

    expect(await two.Cache.get('key')).toBeNull()
  })

  it('opens nothing before it is used', async () => {
    let made = 0
    const kit = kitForTest({
      remote: () => {
        made += 1
        throw new Error('Redis would be connected to now.')
      },
    })

    const { cache } = kit
    await Promise.resolve(cache)
    cached(cache, { key: () => 'key', load: () => 1 })
    await kit.close()

    expect(made).toBe(0)
  })

  it('rejects when it is closed, and a new kit begins anew', async () => {
    const options = { name: 'closing', env: {}, log: () => undefined }
    const closed = createKit(options)
    await closed.Cache.set('key', 'value')

    await Promise.all([closed.close(), closed.close()])

    await expect(closed.Cache.get('key')).rejects.toBeInstanceOf(CacheClosedError)
    const fresh = createKit(options)
    expect(await fresh.Cache.get('key')).toBeNull()
    await fresh.close()
  })

  it('gives the cache beneath', async () => {
    const { cache, Cache } = kitForTest()

    await cache.namespace('session').set('key', 1)
    await cache.set('plain', 2)

    expect(await Cache.get('plain')).toBe(2)
    expect(cache.stats().sets).toBe(2)
  })

  it('says once that there is no Redis', async () => {
    const { Cache, lines } = kitForTest()

    await Cache.get('a')
    await Cache.get('b')

    expect(lines).toEqual([expect.stringContaining('REDIS_URL')])
  })
})

describe('CACHE_DEBUG', () => {
  it('logs one line a call, with key, outcome, tier and time', async () => {
    const { Cache, cacheWrapper, lines } = kitForTest({ env: { CACHE_DEBUG: 'true' }, remote: false })

    await cacheWrapper('lead:1', () => 'secret value')
    await cacheWrapper('lead:1', () => 'secret value')
    await Cache.get('lead:2')
    await Cache.delete('lead:1')

    expect(lines.map((line) => line.replace(/\d+\.\d+ ms/, '# ms'))).toEqual([
      '[holdfast] wrap lead:1 miss loader # ms',
      '[holdfast] wrap lead:1 hit memory # ms',
      '[holdfast] get lead:2 miss # ms',
      '[holdfast] delete lead:1 all # ms',
    ])
    expect(lines.join()).not.toContain('secret')
  })

  it('keeps a line one line, whatever the key holds', async () => {
    const { Cache, lines } = kitForTest({ env: { CACHE_DEBUG: 'true' }, remote: false })

    await Cache.get('a\n[holdfast] get admin hit memory')

    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
  })

  it('is silent without being asked', async () => {
    const { Cache, lines } = kitForTest({ remote: false })

    await Cache.get('key')

    expect(lines).toEqual([])
  })
})
