import { describe, expect, it } from 'vitest'
import { slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe.each(['memory alone', 'a remote store', 'four methods'])('a namespace, with %s', (tiers) => {
  const open = (options = {}): ReturnType<typeof stage.open> =>
    tiers === 'memory alone'
      ? stage.open(options)
      : tiers === 'a remote store'
        ? stage.connect(options)
        : stage.openBare(options)

  it('has keys of its own', async () => {
    const { cache } = open()
    const [a, b] = [cache.namespace('a'), cache.namespace('a/b')]
    await cache.set('key', 'cache')
    await a.set('key', 'a')
    await b.set('key', 'a/b')
    await cache.set('@a:key', 'a user’s own')

    expect([await cache.get('key'), await a.get('key'), await b.get('key'), await cache.get('@a:key')]).toEqual([
      'cache',
      'a',
      'a/b',
      'a user’s own',
    ])
    expect(await a.namespace('b').get('key')).toBe('a/b')
    expect(await a.getMany(['key', 'other'])).toEqual(new Map([['key', 'a']]))
  })

  it('is cleared with all that is nested in it, and nothing else', async () => {
    const { cache } = open()
    const [a, b, ab] = [cache.namespace('a'), cache.namespace('a/b'), cache.namespace('ab')]
    for (const view of [cache, a, b, ab]) await view.set('key', 1)
    await stage.clock.advance(1)

    await a.clear()

    expect([await a.get('key'), await b.get('key')]).toEqual([undefined, undefined])
    if (tiers === 'four methods') return
    expect([await cache.get('key'), await ab.get('key')]).toEqual([1, 1])
  })

  it('cleared while it loads, gives a later reader a load of its own at once', async () => {
    const { cache } = open()
    const view = cache.namespace('a')
    const load = slowLoad()
    const before = view.getOrSet('key', load)
    await stage.settle()
    await view.clear()
    const after = view.getOrSet('key', load)
    await stage.settle()

    expect(load.calls).toBe(2)
    load.resolve('old')
    load.resolve('new')
    expect([await before, await after]).toEqual(['old', 'new'])
    await stage.settle()
    expect(await view.getOrSet('key', () => 'newer')).not.toBe('old')
  })

  it('has the defaults of what it is in, with its own on top, and those of a call on both', async () => {
    const { cache } = open({ ttl: '10s', tags: ['cache'] })
    const view = cache.namespace('a', { ttl: '20s', tags: ['a'] })
    const nested = view.namespace('b', { tags: ['b'] })
    await nested.set('key', 1)
    await nested.set('other', 1, { ttl: '30s', tags: ['call'] })

    expect(await nested.lookup('key')).toMatchObject({ ttlMs: 20_000, tags: ['cache', 'a', 'b'] })
    expect(await nested.lookup('other')).toMatchObject({ ttlMs: 30_000, tags: ['cache', 'a', 'b', 'call'] })
    await cache.invalidateTags('a')
    expect(await nested.get('key')).toBeUndefined()
  })

  it('counts for itself and what is nested in it, whoever opens it', async () => {
    const { cache } = open()
    await cache.namespace('a').getOrSet('key', () => 1)
    await cache.namespace('a').get('key')
    await cache.namespace('a/b').get('key')
    await cache.get('key')

    const reads = [cache, cache.namespace('a'), cache.namespace('a/b')].map((view) => {
      const { hits, misses, hitRatio } = view.stats()
      return [hits, misses, hitRatio]
    })

    expect(reads[0]).toEqual([1, 3, 0.25])
    expect(reads[1]).toEqual([1, 2, 1 / 3])
    expect(reads[2]).toEqual([0, 1, 0])
    expect(cache.namespace('never').stats()).toMatchObject({ hits: 0, misses: 0, hitRatio: 0 })
  })

  it('reaches its own keys by pattern, and the cache reaches all', async () => {
    const { cache } = open()
    const view = cache.namespace('a')
    await view.set('user:1', 1)
    await stage.clock.advance(1)
    await view.invalidateMatching('user:*')
    expect(await view.get('user:1')).toBeUndefined()

    await view.set('user:1', 1)
    await stage.clock.advance(1)
    await cache.invalidateMatching('*')
    expect(await view.get('user:1')).toBeUndefined()
  })
})

describe('a name or an option that cannot be', () => {
  it.each(['', 'a:b', '@a', '~a', '/a', 'a//b', 5])('throws at once: %j', (name) => {
    const { cache } = stage.open()

    expect(() => cache.namespace(name as string)).toThrow(/namespace/)
  })

  it('throws at once', () => {
    const { cache } = stage.open()

    expect(() => cache.namespace('a', { ttl: 5 as never })).toThrow(/`ttl` to be a duration/)
    expect(() => cache.namespace('a', { force: true } as never)).toThrow(/Unknown option `force`/)
    expect(() => cache.namespace('a', { maxTags: 5 } as never)).toThrow(/Unknown option `maxTags`/)
  })
})

describe('keys', () => {
  it('that begin with @ or ~ are a user’s own', async () => {
    const { cache, memory } = stage.open()
    const keys = ['@', '~', '@@a', '~~a', '@a:b', 'a@']
    for (const key of keys) await cache.set(key, key)

    for (const key of keys) expect(await cache.get(key)).toBe(key)
    expect([...memory.keys()]).toEqual(['@@', '~~', '@@@a', '~~~a', '@@a:b', 'a@'])
    expect([...(await cache.getMany(keys)).keys()]).toEqual(keys)
  })

  it.each(['', '\ud800', 'x'.repeat(16_385), 5, undefined, null])('are refused by every call: %j', async (bad) => {
    const { cache } = stage.open()
    const key = bad as string
    const calls = [
      cache.get(key),
      cache.getMany([key]),
      cache.getOrSet(key, () => 1),
      cache.getOrSetMany([key], () => new Map()),
      cache.lookup(key),
      cache.lookup(key, () => 1),
      cache.set(key, 1),
      cache.setMany([[key, 1]]),
      cache.update(key, () => 1),
      cache.delete([key]),
      cache.expire([key]),
      cache.invalidateTags([key]),
      cache.invalidateMatching(key),
      cache.inspect(key),
    ]

    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ERR_HOLDFAST_INVALID_OPTION' })
  })

  it('and options are looked at in every call', async () => {
    const { cache } = stage.open()
    const calls = [
      cache.get('key', { stale: 1 as never }),
      cache.get('key', { stael: true } as never),
      cache.getMany(['key'], { stale: 'yes' as never }),
      cache.getMany('key' as never, null as never),
      cache.getOrSet('key', () => 1, { ttl: 300 as never }),
      cache.getOrSet('key', () => 1, null as never),
      cache.getOrSet('key', 'value' as never),
      cache.getOrSetMany(['key'], () => new Map(), { grace: 5 as never }),
      cache.lookup('key', undefined, { stale: 0 as never }),
      cache.lookup('key', () => 1, { stale: true } as never),
      cache.set('key', 1, { tags: 'team' as never }),
      cache.setMany([['key', 1]], { jitter: 2 }),
      cache.update('key', () => 1, { isolation: 'copy' as never }),
      cache.invalidateTags(5 as never),
    ]

    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ERR_HOLDFAST_INVALID_OPTION' })
  })

  it('a number where a duration should be is found on a hit, too', async () => {
    const { cache } = stage.open()
    await cache.set('key', 1)

    await expect(cache.getOrSet('key', () => 1, { ttl: 300 as never })).rejects.toThrow(
      /Did you mean '300ms' or '300s'/,
    )
    await expect(cache.getOrSet('key', () => 1, { grace: 300 as never })).rejects.toThrow(/`grace`/)
  })
})
