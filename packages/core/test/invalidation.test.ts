import { describe, expect, it } from 'vitest'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'
import type { Cache } from '../src/cache.ts'
import { RemoteUnavailableError } from '../src/errors.ts'

const stage = setStage()

/** Everything that invalidates `key`, whose entries carry the tag `t`. */
const invalidations: [string, (cache: Cache) => Promise<unknown>][] = [
  ['delete', (cache) => cache.delete('key')],
  ['delete of several', (cache) => cache.delete(['other', 'key'])],
  ['invalidateTags', (cache) => cache.invalidateTags('t')],
  ['invalidateMatching', (cache) => cache.invalidateMatching('k*')],
  ['clear', (cache) => cache.clear()],
  ['set', (cache) => cache.set('key', 'set', { tags: ['t'] })],
  ['update', (cache) => cache.update('key', () => 'set', { tags: ['t'] })],
]

describe.each(['memory alone', 'a remote store'])('with %s', (tiers) => {
  const open = (): { cache: Cache } => (tiers === 'memory alone' ? stage.open() : stage.connect())

  it.each(invalidations)('%s ends what is stored', async (_, invalidate) => {
    const { cache } = open()
    await cache.getOrSet('key', () => 'old', { tags: ['t'] })
    await stage.settle()

    expect(await invalidate(cache)).toMatchObject({ reached: 'all', queued: false })

    expect([undefined, 'set']).toContain(await cache.get('key'))
  })

  it.each(invalidations)('after %s a reader does not join a load that began before', async (_, invalidate) => {
    const { cache } = open()
    const load = slowLoad()
    const before = cache.getOrSet('key', load, { tags: ['t'] })
    await stage.settle()
    await invalidate(cache)

    const after = cache.getOrSet('key', load, { tags: ['t'] })
    await stage.settle()
    load.resolve('old')
    expect(await before).toBe('old')
    if (load.calls > 1) load.resolve('new')

    expect(['new', 'set']).toContain(await after)
    await stage.settle()
    expect(['new', 'set']).toContain(await cache.get('key'))
  })

  it.each(invalidations)('%s keeps a slow load from storing its old value', async (_, invalidate) => {
    const { cache } = open()
    const load = slowLoad()
    const before = cache.getOrSet('key', load, { tags: ['t'] })
    await stage.settle()
    await invalidate(cache)
    load.resolve('old')
    await before
    await stage.settle()

    expect([undefined, 'set']).toContain(await cache.get('key'))
  })

  it('a reader that begins after the invalidation of a tag never gets a load that began before, however late the tag is known', async () => {
    for (const late of ['function of the value', 'context'] as const) {
      const { cache } = open()
      const load = slowLoad()
      const loader: typeof load = Object.assign((context: Parameters<typeof load>[0]) => {
        if (late === 'context') context.tags(['t'])
        return load(context)
      }, load)
      const options = late === 'function of the value' ? { tags: () => ['t'] } : {}
      const before = cache.getOrSet(late, loader, options)
      await stage.settle()
      await cache.invalidateTags('t')

      const after = cache.getOrSet(late, loader, options)
      await stage.settle()
      load.resolve('old')
      await stage.settle()
      load.resolve('new')

      expect([await before, await after]).toEqual(['old', 'new'])
      await stage.settle()
      expect(await cache.getOrSet(late, () => 'newer', options)).not.toBe('old')
    }
  })

  it('two invalidations around who joins leave nobody with the old value but who came before', async () => {
    const { cache } = open()
    const load = slowLoad()
    const options = { tags: () => ['t'] }
    const before = cache.getOrSet('key', load, options)
    await stage.settle()
    await cache.invalidateTags('t')
    const between = cache.getOrSet('key', load, options)
    await stage.settle()
    await cache.invalidateTags('t')
    const after = cache.getOrSet('key', load, options)
    await stage.settle()
    load.resolve('old')
    await stage.settle()
    load.resolve('new')

    expect(await Promise.all([before, between, after])).toEqual(['old', 'new', 'new'])
    expect(load.calls).toBe(2)
  })

  it('the invalidation of another tag lets a load be shared', async () => {
    const { cache } = open()
    const load = slowLoad()
    const options = { tags: () => ['t'] }
    const before = cache.getOrSet('key', load, options)
    await stage.settle()
    await cache.invalidateTags('u')
    const after = cache.getOrSet('key', load, options)
    await stage.settle()
    load.resolve('value')

    expect([await before, await after]).toEqual(['value', 'value'])
    expect(load.calls).toBe(1)
  })

  it('a failed load that began before is not shared by who comes after its declared tag was invalidated', async () => {
    const { cache } = open()
    const load = slowLoad()
    const before = cache.getOrSet('key', load, { tags: ['t'] }).catch((error: Error) => error.message)
    await stage.settle()
    await cache.invalidateTags('t')
    const after = cache.getOrSet('key', load, { tags: ['t'] })
    await stage.settle()
    load.reject(new Error('old failure'))
    load.resolve('new')

    expect([await before, await after]).toEqual(['old failure', 'new'])
  })

  it('grace does not survive it: a load that fails afterwards has nothing to fall back on', async () => {
    for (const [, invalidate] of invalidations.slice(0, 5)) {
      const { cache } = open()
      await cache.set('key', 'old', { ttl: '1s', grace: '1h', tags: ['t'] })
      await stage.clock.advance(2_000)
      await invalidate(cache)

      const read = cache.getOrSet('key', () => Promise.reject(new Error('down')), { grace: '1h' })

      await expect(read).rejects.toThrow('down')
      expect(await cache.get('key', { stale: true })).toBeUndefined()
    }
  })

  it('a stale value that was remembered before it is not handed to who comes after', async () => {
    const { cache } = open()
    const load = slowLoad()
    await cache.set('key', 'stale', { ttl: '1s', grace: '1h', tags: ['s'] })
    await stage.clock.advance(1_000)
    // A flight whose tags nobody knows yet, and one who must begin anew when they are known.
    const options = { grace: '1h', tags: () => ['t'] } as const
    const first = cache.getOrSet('key', load, options)
    await stage.settle()
    await cache.invalidateTags('t')
    const second = cache.getOrSet('key', load, options)
    await stage.settle()
    await cache.invalidateTags('s')
    load.resolve('value')
    await stage.settle()
    const third = cache.getOrSet('key', load, options).catch((error: Error) => error.message)
    await stage.settle()
    load.reject(new Error('down'))

    await first
    await second.catch(() => {})
    expect(await third).toBe('down')
  })

  it('by tag ends entries in every namespace', async () => {
    const { cache } = open()
    const users = cache.namespace('user')
    await users.set('a', 1, { tags: ['team:7'] })
    await cache.set('b', 2, { tags: ['team:7', 'x'] })
    await cache.set('c', 3, { tags: ['team:8'] })

    await users.invalidateTags(['team:7', 'team:9'])

    expect([await users.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([undefined, undefined, 3])
  })

  it('by pattern reaches what matches, escaped or not', async () => {
    const { cache } = open()
    for (const key of ['user:1', 'user:2', 'lead:1', '@user:1', '~user:1']) await cache.set(key, key)

    await cache.invalidateMatching('user:*')
    expect([...(await cache.getMany(['user:1', 'user:2', 'lead:1', '@user:1', '~user:1'])).keys()]).toEqual([
      'lead:1',
      '@user:1',
      '~user:1',
    ])
    await cache.invalidateMatching('@user:?')
    await cache.invalidateMatching('~*')
    expect([...(await cache.getMany(['lead:1', '@user:1', '~user:1'])).keys()]).toEqual(['lead:1'])
  })

  it('of nothing at all reaches everything there is', async () => {
    const { cache } = open()

    expect(await cache.delete([])).toEqual({ reached: 'all', queued: false })
    expect(await cache.invalidateTags([])).toEqual({ reached: 'all', queued: false })
    expect(await cache.expire([])).toEqual({ reached: 'all', queued: false })
    expect(await cache.setMany([])).toEqual({ reached: 'all', queued: false })
  })
})

describe('a delete that is not awaited before a set, or the other way round', () => {
  it('comes in the order of the calls', async () => {
    const { cache } = stage.open()
    const set = cache.set('key', 'value')
    await cache.delete('key')
    await set
    expect(await cache.get('key')).toBeUndefined()

    const deleted = cache.delete('key')
    await cache.set('key', 'value')
    await deleted
    expect(await cache.get('key')).toBe('value')
  })
})

describe('expire', () => {
  it.each(['memory alone', 'a remote store'])('makes stale from now on, with %s', async (tiers) => {
    const { cache } = tiers === 'memory alone' ? stage.open({ grace: '1h' }) : stage.connect({ grace: '1h' })
    await cache.set('key', 'old')
    await cache.expire('key')

    expect(await cache.get('key')).toBeUndefined()
    expect(await cache.get('key', { stale: true })).toBe('old')
    expect(await cache.lookup('key')).toMatchObject({ value: 'old', isStale: true, ttlMs: 0 })
    expect(await cache.getOrSet('key', () => Promise.reject(new Error('down')))).toBe('old')
    expect(await cache.getOrSet('key', () => 'new')).toBe('new')
  })

  it('keeps the stale value in memory when the remote store goes away', async () => {
    const { cache, store } = stage.connect({ grace: '1h' })
    await cache.set('key', 'old')
    await cache.expire('key')
    store.cut()

    expect(await cache.getOrSet('key', () => Promise.reject(new Error('down')))).toBe('old')
  })

  it('does not lengthen a life, nor make something of nothing', async () => {
    const { cache, memory } = stage.open({ ttl: '1s', grace: '1s' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_500)
    await cache.expire(['key', 'absent'])
    expect(await cache.get('key', { stale: true })).toBe('old')

    await stage.clock.advance(500)
    await cache.expire('key')
    expect(await cache.get('key', { stale: true })).toBeUndefined()
    expect(memory.size).toBe(0)
  })

  it('keeps a load that began before from being fresh', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const before = cache.getOrSet('key', load)
    await stage.settle()
    await cache.expire('key')
    load.resolve('old')
    await before
    const next = countCalls(() => 'new')

    expect(await cache.getOrSet('key', next)).toBe('new')
  })
})

describe('a read that is under way when a tag is invalidated', () => {
  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['get', (cache) => cache.get('key')],
    ['getMany', async (cache) => (await cache.getMany(['key', 'other'])).get('key')],
    ['lookup', async (cache) => (await cache.lookup('key'))?.value],
  ])('is not what %s of who comes afterwards gets', async (_, read) => {
    const { cache, memory, store } = stage.connect()
    await cache.set('key', 'old', { tags: ['t'] })
    memory.clear()
    const answer = store.wire.hold('reply', 'getMany')
    const before = read(cache)
    await stage.settle()
    await cache.invalidateTags('t')

    const after = read(cache)
    await stage.settle()
    answer()

    expect(await before).toBeOneOf(['old', undefined])
    expect(await after).toBeUndefined()
  })

  it('is shared with who comes afterwards where it has another tag', async () => {
    const { cache, memory, store } = stage.connect()
    await cache.set('key', 'value', { tags: ['t'] })
    memory.clear()
    const answer = store.wire.hold('reply', 'getMany')
    const before = cache.get('key')
    await stage.settle()
    await cache.invalidateTags('u')

    const after = cache.get('key')
    await stage.settle()
    answer()

    expect([await before, await after]).toEqual(['value', 'value'])
    expect(store.wire.count('getMany')).toBe(1)
  })
})

describe('a pattern that begins with any one character', () => {
  const keys = ['@user', '~user', 'xuser', 'user', 'xyuser']

  it('ends also those whose first is one of ours', async () => {
    const { cache } = stage.connect()
    await cache.setMany(keys.map((key) => [key, key]))

    expect(await cache.invalidateMatching('?user')).toEqual({ reached: 'all', queued: false })

    expect([...(await cache.getMany(keys)).keys()]).toEqual(['user', 'xyuser'])
  })

  it('says so when one of its parts has not reached the store', async () => {
    const { cache, store } = stage.connect()
    await cache.setMany(keys.map((key) => [key, key]))
    let calls = 0
    store.wire.request = (operation) => {
      if (operation === 'invalidateMatching' && ++calls === 2) throw new RemoteUnavailableError('It was cut.')
      return undefined
    }

    expect(await cache.invalidateMatching('?user')).toEqual({ reached: 'memory', queued: true })

    store.wire.request = undefined
    expect([...(await cache.getMany(keys)).keys()]).not.toContain('@user')
  })
})
