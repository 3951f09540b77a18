import { describe, expect, it } from 'vitest'
import { decorate } from '../src/decorate.ts'
import { bareStore } from './world/bare-store.ts'
import { ServerStore } from './world/server-store.ts'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()
const options = { coherence: { maxStaleness: '9s', heartbeat: '3s' } } as const

describe('while the remote store is away', () => {
  it('reads answer, writes and invalidations are queued', async () => {
    const { cache, store } = stage.connect()
    store.cut()
    const queued = { reached: 'memory', queued: true }

    expect(await cache.getOrSet('a', () => 1)).toBe(1)
    expect(await cache.set('b', 2)).toEqual(queued)
    expect(await cache.delete('c')).toEqual(queued)
    expect(await cache.invalidateTags('t')).toEqual(queued)
    expect(await cache.expire('d')).toEqual(queued)
    expect(await cache.update('e', () => 3)).toEqual({ value: 3, ...queued })
    expect(cache.stats().shared.journalEntries).toBe(5)
    expect(await cache.invalidateMatching('*')).toEqual(queued)
    expect(cache.stats().shared.journalEntries).toBe(1)
    expect(await cache.clear()).toEqual(queued)
    expect((await cache.getMany(['a', 'b', 'e'])).size).toBe(0)
  })

  it('what is loaded and set lives in memory, for maxStaleness at most', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', ...options })
    store.cut()
    await stage.clock.advance(10_000)
    await cache.getOrSet('loaded', () => 1)
    await cache.set('set', 2)
    expect(cache.stats().shared.fallbackEntries).toBe(2)

    await stage.clock.advance(8_999)
    expect([await cache.get('loaded'), await cache.get('set')]).toEqual([1, 2])
    await stage.clock.advance(1)
    expect([await cache.get('loaded'), await cache.get('set')]).toEqual([undefined, undefined])
  })

  it('the time a load took is part of maxStaleness', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', ...options })
    store.cut()
    await stage.clock.advance(10_000)
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.clock.advance(5_000)
    load.resolve('value')
    await read

    await stage.clock.advance(3_999)
    expect(await cache.get('key')).toBe('value')
    await stage.clock.advance(1)
    expect(await cache.get('key')).toBeUndefined()
  })

  it('tags end what is in memory (cut-with-invalidated-tag), and a load begun before stores nothing', async () => {
    const { cache, store } = stage.connect(options)
    await cache.set('stored', 'old', { tags: ['t'] })
    store.cut()
    const load = slowLoad()
    const read = cache.getOrSet('loaded', load, { tags: () => ['t'] })
    await stage.settle()
    await cache.invalidateTags('t')
    load.resolve('old')
    await read

    expect([await cache.get('stored'), await cache.get('loaded')]).toEqual([undefined, undefined])
  })
})

describe('when it is back', () => {
  it('what was queued is replayed before anything is read, and told', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await b.cache.set('key', 'old')
    await b.cache.set('tagged', 'old', { tags: ['t'] })
    const repaired: unknown[] = []
    const states: string[] = []
    a.cache.on('repaired', (detail) => repaired.push(detail))
    a.cache.on('remoteState', ({ state }) => states.push(state))
    a.store.cut()
    await a.cache.delete('key')
    await a.cache.invalidateTags('t')
    expect(await b.cache.get('key')).toBe('old')

    await a.store.mend()

    expect([...(await a.cache.getMany(['key', 'tagged'])), ...(await b.cache.getMany(['key', 'tagged']))]).toEqual([])
    expect(repaired).toEqual([{ keys: 1, tags: 1, all: false }])
    expect(states).toEqual(['away', 'ready'])
    expect(a.cache.stats().shared).toMatchObject({ journalEntries: 0, gaps: 1 })
  })

  it('what was kept during the outage is not believed, and a set is replayed as a delete (replayed-set)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    a.store.cut()
    await a.cache.set('key', 'during the outage')
    await b.cache.set('key', 'newer')
    await a.store.mend()

    expect(await a.cache.get('key')).toBeUndefined()
    expect(await b.cache.get('key')).toBeUndefined()
    expect(a.cache.stats().shared.fallbackEntries).toBe(0)
  })

  it('an overflowing journal ends everything', async () => {
    const [a, b] = [stage.connect({ journal: { maxEntries: 2 } }), stage.connect()]
    await b.cache.set('unrelated', 'old')
    a.store.cut()
    await a.cache.delete(['x', 'y', 'z'])
    expect(a.cache.stats().shared.journalEntries).toBe(1)
    await a.store.mend()

    expect(await b.cache.get('unrelated')).toBeUndefined()
  })

  it('a replay that fails is put back, and tried again', async () => {
    const [a, b] = [stage.connect(options), stage.connect(options)]
    await b.cache.set('key', 'old')
    a.store.cut()
    await a.cache.delete('key')
    a.store.wire.failNext('hello', new Error('not yet'))
    await a.store.mend()
    expect(a.cache.stats().shared.journalEntries).toBe(1)
    expect(await a.cache.get('key')).toBeUndefined()

    await stage.clock.advance(3_000)

    expect(a.cache.stats().shared.journalEntries).toBe(0)
    expect(await b.cache.get('key')).toBeUndefined()
  })

  it('what is invalidated during the replay is replayed before it opens (journal-grows-during-replay)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await b.cache.set('late', 'old')
    a.store.cut()
    await a.cache.delete('early')
    const release = a.store.wire.hold('reply', 'hello')
    const mended = a.store.mend()
    await stage.settle()
    expect(await a.cache.delete('late')).toMatchObject({ queued: true })
    release()
    await mended

    expect([await a.cache.get('late'), await b.cache.get('late')]).toEqual([undefined, undefined])
  })

  it('loads that began before it keep nothing, and are joined no more', async () => {
    const { cache, memory, store } = stage.connect()
    const load = slowLoad()
    const before = cache.getOrSet('key', load)
    await stage.settle()
    store.cut()
    await store.mend()
    const after = cache.getOrSet('key', load)
    await stage.settle()
    load.resolve('old')
    await before
    expect(memory.size).toBe(0)
    load.resolve('new')

    expect(await after).toBe('new')
    await stage.settle()
    expect(await cache.get('key')).toBe('new')
  })

  it('an invalidation whose outcome is not known is replayed', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await b.cache.set('key', 'old')
    const release = a.store.wire.hold('request', 'deleteMany')
    const deleted = a.cache.delete('key')
    await stage.clock.advance(100)
    expect(await deleted).toEqual({ reached: 'memory', queued: true })
    release()
    await stage.settle()

    expect([await a.cache.get('key'), await b.cache.get('key')]).toEqual([undefined, undefined])
    expect(a.cache.stats().shared.journalEntries).toBe(0)
  })
})

describe('a call that was refused on the way to a store that never knew', () => {
  /** As a chaos decorator does: the next so many deletes never reach the store. */
  const open = (refusals: { left: number }) => {
    const store = new ServerStore(stage.server, stage.clock)
    const remote = decorate(store, (operation, run) => {
      if (operation !== 'deleteMany' || refusals.left === 0) return run()
      refusals.left--
      return Promise.reject(new Error('refused'))
    })
    return { store, ...stage.open({ remote }) }
  }

  it('leaves nothing readable here of what it should have ended, and is repaired behind the next call', async () => {
    const refusals = { left: 1 }
    const [a, b] = [open(refusals), stage.connect()]
    const repaired: unknown[] = []
    a.cache.on('repaired', (detail) => repaired.push(detail))
    await b.cache.set('key', 'old')

    expect(await a.cache.delete('key')).toEqual({ reached: 'memory', queued: true })
    expect(await a.cache.get('key')).toBeUndefined()
    await stage.settle()

    expect(repaired).toEqual([{ keys: 1, tags: 0, all: false }])
    expect(await b.cache.get('key')).toBeUndefined()
    expect(a.cache.stats().shared.journalEntries).toBe(0)
  })

  it('is not tried again at once after it was refused again', async () => {
    const refusals = { left: 3 }
    const { cache, store } = open(refusals)
    await cache.delete('key')
    for (let read = 0; read < 10; read++) await cache.get('other')
    await stage.settle()
    expect([refusals.left, cache.stats().shared.journalEntries]).toEqual([1, 1])

    await stage.clock.advance(1_000)
    await cache.get('other')
    await stage.settle()
    expect(refusals.left).toBe(0)
    await stage.clock.advance(1_000)
    await cache.get('other')
    await stage.settle()

    expect(cache.stats().shared.journalEntries).toBe(0)
    expect(store.wire.count('deleteMany')).toBe(1)
  })
})

describe('round trips', () => {
  it('a hit in memory costs none, a hit in the remote store one, all reads of a tick together one', async () => {
    const { cache, memory, store } = stage.connect()
    await cache.setMany([
      ['a', 1],
      ['b', 2],
    ])
    await cache.get('a')
    expect(store.wire.count('getMany')).toBe(0)
    memory.clear()

    await Promise.all([cache.get('a'), cache.get('b'), cache.getMany(['a', 'c']), cache.getOrSet('b', () => 3)])

    expect(store.wire.count('getMany')).toBe(1)
  })

  it('a miss costs a read, a lease and a fill; a batch of misses no more', async () => {
    const { cache, store } = stage.connect()
    const load = countCalls((missing: readonly string[]) => new Map(missing.map((key) => [key, key])))
    await cache.getOrSetMany(['a', 'b', 'c'], load)
    await stage.settle()

    expect((['getMany', 'lease', 'fill'] as const).map((operation) => store.wire.count(operation))).toEqual([1, 1, 1])
    expect(load.calls).toBe(1)
  })

  it('invalidations cost one, whatever the number of entries', async () => {
    const { cache, store } = stage.connect()
    await cache.setMany(
      Array.from({ length: 100 }, (_, index) => [`key-${index}`, index] as const),
      { tags: ['t'] },
    )
    await cache.invalidateTags('t')
    await cache.namespace('n').clear()
    await cache.clear()

    expect([store.wire.count('setMany'), store.wire.count('invalidateTags'), store.wire.count('clear')]).toEqual([
      1, 2, 1,
    ])
  })

  it('ping takes one, and gives its length', async () => {
    const { cache, store } = stage.connect()
    const release = store.wire.hold('reply', 'ping')
    const ping = cache.ping()
    await stage.clock.advance(7)
    release()

    expect(await ping).toBe(7)
    expect(await stage.open().cache.ping()).toBeUndefined()
    expect(await stage.openBare().cache.ping()).toBe(0)
    store.cut()
    await expect(cache.ping()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE' })
  })
})

describe('a replay', () => {
  it('that fails is told only when it has succeeded, with everything in it, once', async () => {
    const { cache, store } = stage.connect(options)
    const repaired: unknown[] = []
    cache.on('repaired', (detail) => repaired.push(detail))
    store.cut()
    await cache.delete(['a', 'b'])
    await cache.invalidateTags(['t'])
    store.wire.failNext('hello', new Error('1'), new Error('2'))
    await store.mend()
    await store.reopen()
    expect(repaired).toEqual([])

    await store.reopen()
    expect(repaired).toEqual([{ keys: 2, tags: 1, all: false }])
    store.cut()
    await store.mend()
    expect(repaired).toHaveLength(1)

    store.cut()
    await cache.clear()
    store.wire.failNext('hello', new Error('3'))
    await store.mend()
    expect(repaired).toHaveLength(1)
    await store.reopen()
    expect(repaired.slice(1)).toEqual([{ keys: 0, tags: 0, all: true }])
    store.cut()
    await cache.delete('c')
    await store.mend()
    expect(repaired.slice(2)).toEqual([{ keys: 1, tags: 0, all: false }])
    expect(cache.stats().shared.gaps).toBe(4)
  })

  it('brings the tags too, to a store that has no sessions', async () => {
    const tags: (readonly string[])[] = []
    let isRefusing = true
    const store = Object.assign(bareStore(), {
      invalidateTags: async (given: readonly string[]) => {
        if (isRefusing) throw new Error('refused')
        tags.push(given)
      },
    })
    const { cache } = stage.openBare({}, store)
    const repaired: unknown[] = []
    cache.on('repaired', (detail) => repaired.push(detail))
    expect(await cache.invalidateTags(['s', 't'])).toEqual({ reached: 'memory', queued: true })
    isRefusing = false

    await cache.get('key')

    expect(tags).toEqual([['s', 't']])
    expect(repaired).toEqual([{ keys: 0, tags: 2, all: false }])
    expect(cache.stats().shared.journalEntries).toBe(0)
  })

  it('clears the store when everything was invalidated, where it can be cleared', async () => {
    let isRefusing = true
    const store = bareStore()
    const { held } = store
    Object.assign(store, {
      clear: async () => {
        if (isRefusing) throw new Error('refused')
        held.clear()
      },
    })
    const { cache } = stage.openBare({}, store)
    await cache.set('key', 'old')
    expect(await cache.clear()).toEqual({ reached: 'memory', queued: true })
    expect(held.size).toBe(1)
    isRefusing = false

    expect(await cache.get('key')).toBeUndefined()
    expect(held.size).toBe(0)
  })
})

describe('what stands in memory because the remote store was away', () => {
  it('is counted until it ends, is replaced or removed', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', ...options })
    const count = (): number => cache.stats().shared.fallbackEntries
    store.cut()
    await cache.set('a', 1)
    await cache.set('b', 2)
    await cache.set('c', 3)
    expect(count()).toBe(3)
    await cache.delete('a')
    expect(count()).toBe(2)

    await store.mend()
    expect(count()).toBe(0)
    await cache.set('b', 2)
    expect(count()).toBe(0)
    expect(await cache.get('c')).toBeUndefined()
  })

  it('ends when the remote store is back, though its time was not over', async () => {
    const [a, b] = [stage.connect({ ttl: '1h' }), stage.connect({ ttl: '1h' })]
    a.store.cut()
    await a.cache.set('key', 'by a')
    await b.cache.set('key', 'by b')
    expect(await a.cache.get('key')).toBe('by a')

    await a.store.mend()

    // The replay removed it: whose write was last is not known.
    expect(await a.cache.get('key')).toBeUndefined()
    expect(await b.cache.get('key')).toBeUndefined()
  })
})
