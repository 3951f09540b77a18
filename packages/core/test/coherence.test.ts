import { describe, expect, it } from 'vitest'
import type { Cache } from '../src/cache.ts'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe('two processes on one store', () => {
  it('hear of each other’s invalidations', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    for (const invalidate of [
      () => b.cache.delete('key'),
      () => b.cache.invalidateTags('t'),
      () => b.cache.invalidateMatching('k*'),
      () => b.cache.clear(),
      () => b.cache.set('key', 'theirs'),
      () => b.cache.expire('key'),
    ]) {
      await a.cache.set('key', 'mine', { tags: ['t'] })
      expect(await a.cache.lookup('key')).toMatchObject({ from: 'memory' })
      await invalidate()

      expect([undefined, 'theirs']).toContain(await a.cache.get('key'))
      await a.cache.delete('key')
    }
    expect(a.cache.stats().shared.heard).toBeGreaterThan(5)
  })

  it('tell it as an event, with where it came from', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const heard: unknown[] = []
    a.cache.on('invalidated', (detail) => heard.push(detail))
    await a.cache.delete('mine')
    await b.cache.namespace('n').delete('theirs')

    expect(heard).toEqual([
      { what: { type: 'keys', names: ['mine'] }, origin: 'local' },
      { what: { type: 'keys', names: ['@n:theirs'] }, origin: 'remote' },
    ])
  })

  it('a slow loader loses against a delete elsewhere (slow-loader-loses)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const load = slowLoad()
    const read = a.cache.getOrSet('key', load)
    await stage.settle()
    await b.cache.delete('key')
    load.resolve('old')
    expect(await read).toBe('old')
    await stage.settle()

    expect(a.memory.size).toBe(0)
    expect([await a.cache.get('key'), await b.cache.get('key')]).toEqual([undefined, undefined])
  })

  it('a late joiner does not join what began before a delete elsewhere was heard (late-joiner)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const load = slowLoad()
    const before = a.cache.getOrSet('key', load)
    await stage.settle()
    await b.cache.delete('key')
    const after = a.cache.getOrSet('key', load)
    await stage.settle()
    load.resolve('old')
    load.resolve('new')

    expect([await before, await after]).toEqual(['old', 'new'])
  })

  it('a reply that comes after an announcement is given, and not kept (heard-before-reply)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await b.cache.set('key', 'old')
    const release = a.store.wire.hold('reply', 'getMany')
    const read = a.cache.get('key')
    await stage.settle()
    await b.cache.delete('key')
    release()

    expect(await read).toBe('old')
    expect(a.memory.size).toBe(0)
    expect(await a.cache.get('key')).toBeUndefined()
  })

  it('a read that was on its way when a delete was acknowledged is not joined (pooled-overtake)', async () => {
    const { cache, store } = stage.connect()
    await cache.set('key', 'old', { skipMemory: true })
    const release = store.wire.hold('reply', 'getMany')
    const before = cache.get('key')
    await stage.settle()
    await cache.delete('key')
    release()
    const after = cache.get('key')

    expect([await before, await after]).toEqual(['old', undefined])
  })

  it('what was read before an invalidation is not handed on as stale to who comes after it', async () => {
    const { cache, memory, store } = stage.connect({ ttl: '1s', grace: '1h' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')
    const load = slowLoad()
    const before = cache.getOrSet('key', load).catch(() => 'failed')
    await stage.settle()
    await cache.delete('key')
    release()
    await stage.settle()
    const after = cache.getOrSet('key', load).catch((error: Error) => error.message)
    await stage.settle()
    load.reject(new Error('down'))
    await before

    expect(await after).toBe('down')
  })

  it('a set is not kept when another deletes before its reply (set-reply-after-foreign-delete)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const release = a.store.wire.hold('reply', 'setMany')
    const set = a.cache.set('key', 'mine')
    await stage.settle()
    await b.cache.delete('key')
    release()
    await set

    expect(await a.cache.get('key')).toBeUndefined()
  })

  it('a tag that is bumped during a load ends what is stored of it (tag-bumped-during-load)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const load = slowLoad()
    const read = a.cache.getOrSet('key', load, { tags: ['t'] })
    await stage.settle()
    await b.cache.invalidateTags('t')
    load.resolve('old')
    await read
    await stage.settle()

    expect([await a.cache.get('key'), await b.cache.get('key')]).toEqual([undefined, undefined])
  })

  it('a clear under a load keeps nothing of it (clear-under-load)', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const load = slowLoad()
    const read = a.cache.getOrSet('key', load)
    await stage.settle()
    await b.cache.clear()
    load.resolve('old')
    await read
    await stage.settle()

    expect([await a.cache.get('key'), await b.cache.get('key')]).toEqual([undefined, undefined])
  })

  it('eviction and flushing turn entries into misses, and heal', async () => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 'value', { tags: ['t'] })
    for (const lose of [
      () => stage.server.evict({ key: 'key' }),
      () => stage.server.evict({ tag: 't' }),
      () => stage.server.flush(),
    ]) {
      await cache.invalidateTags('t')
      await cache.getOrSet('key', () => 'value', { tags: ['t'] })
      await stage.settle()
      memory.clear()
      lose()

      expect(await cache.get('key')).toBeUndefined()
      expect(await cache.getOrSet('key', () => 'again', { tags: ['t'] })).toBe('again')
      await stage.settle()
      memory.clear()
      expect(await cache.get('key')).toBe('again')
    }
  })
})

describe('memory without contact', () => {
  const options = { coherence: { maxStaleness: '9s', heartbeat: '3s' } } as const

  it('is believed as long as heartbeats are answered', async () => {
    const { cache } = stage.connect({ ttl: '1h', ...options })
    await cache.set('key', 'value')
    await stage.clock.advance(60_000)

    expect(await cache.lookup('key')).toMatchObject({ from: 'memory' })
  })

  it('is believed for maxStaleness after the last answer', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', ...options })
    await cache.set('key', 'value')
    store.cut()

    await stage.clock.advance(8_999)
    expect(await cache.get('key')).toBe('value')
    await stage.clock.advance(1)
    expect(await cache.get('key')).toBeUndefined()
    expect(await cache.getOrSet('key', () => 'loaded')).toBe('loaded')
  })

  it('serves past it only who asks for staleIfUnreachable, within ttl and grace, and says stale', async () => {
    const { cache, store } = stage.connect({ ttl: '1m', grace: '1m', ...options })
    await cache.set('key', 'value')
    store.cut()
    await stage.clock.advance(30_000)
    const load = countCalls(async () => 'loaded')

    expect(await cache.get('key', { staleIfUnreachable: true })).toBe('value')
    expect(await cache.lookup('key', load, { staleIfUnreachable: true, skipMemory: false })).toMatchObject({
      value: 'value',
      from: 'memory',
      isStale: true,
    })
    expect(load.calls).toBe(0)
    expect(cache.stats()).toMatchObject({ memoryHits: 2, staleHits: 2 })
    await stage.clock.advance(60_000)
    expect(await cache.get('key', { staleIfUnreachable: true })).toBeUndefined()
    const failing = (): Promise<string> => Promise.reject(new Error('down'))
    expect(await cache.getOrSet('key', failing, { staleIfUnreachable: true })).toBe('value')
    await expect(cache.getOrSet('key', failing)).rejects.toThrow('down')
  })

  it('gives a caller who did not ask for it a load of its own', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', ...options })
    await cache.set('key', 'value')
    store.cut()
    await stage.clock.advance(30_000)
    const { signal } = new AbortController()
    const [lenient, strict] = await Promise.all([
      cache.getOrSet('key', () => 'a', { staleIfUnreachable: true, signal }),
      cache.getOrSet('key', () => 'b', { signal }),
    ])

    expect([lenient, strict]).toEqual(['value', 'b'])
  })

  it('does not survive what was invalidated here', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', ...options })
    await cache.set('key', 'value', { tags: ['t'] })
    store.cut()
    await cache.invalidateTags('t')
    await stage.clock.advance(30_000)

    expect(await cache.get('key', { staleIfUnreachable: true })).toBeUndefined()
  })

  it('lets nobody join a load that began before the silence, until what was announced is heard (join-after-pause)', async () => {
    const [a, b] = [stage.connect(options), stage.connect(options)]
    const load = slowLoad()
    const before = a.cache.getOrSet('key', load)
    await stage.settle()
    const announce = a.store.wire.holdAnnouncements()
    await b.cache.delete('key')
    stage.clock.stall(10_000)
    const after = a.cache.getOrSet('key', load)
    announce()
    await stage.settle()
    load.resolve('old')
    load.resolve('new')

    expect([await before, await after]).toEqual(['old', 'new'])
  })

  it('lets a load be shared for maxStaleness when contact cannot be had', async () => {
    const { cache, store } = stage.connect(options)
    const load = slowLoad()
    store.cut()
    await stage.clock.advance(10_000)
    const first = cache.getOrSet('key', load)
    await stage.clock.advance(8_999)
    const second = cache.getOrSet('key', load)
    await stage.settle()
    expect(load.calls).toBe(1)
    await stage.clock.advance(1)
    const third = cache.getOrSet('key', load)
    await stage.settle()
    expect(load.calls).toBe(2)
    load.resolve('first')
    load.resolve('second')

    expect(await Promise.all([first, second, third])).toEqual(['first', 'first', 'second'])
  })
})

describe('what is heard while a write waits for its reply', () => {
  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['a pattern', (cache) => cache.invalidateMatching('k*')],
    ['a tag', (cache) => cache.invalidateTags('t')],
    ['everything', (cache) => cache.clear()],
    ['its key', (cache) => cache.delete('key')],
  ])('ends what it would keep in memory: %s', async (_, invalidate) => {
    for (const write of ['set', 'update', 'getOrSet']) {
      const [a, b] = [stage.connect(), stage.connect()]
      const release = a.store.wire.hold('reply', 'setMany', 'settle', 'fill')
      const options = { tags: ['t'] }
      const written =
        write === 'set'
          ? a.cache.set('key', 'value', options)
          : write === 'update'
            ? a.cache.update('key', () => 'value', options)
            : a.cache.getOrSet('key', () => 'value', options)
      await stage.settle()
      await invalidate(b.cache)
      release()
      await written
      await stage.settle()

      expect([write, a.memory.get('key'), await a.cache.get('key')]).toEqual([write, undefined, undefined])
    }
  })

  it('of another pattern leaves it alone', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const release = a.store.wire.hold('reply', 'setMany')
    const written = a.cache.set('key', 'value')
    await stage.settle()
    await b.cache.invalidateMatching('other*')
    release()
    await written

    expect(a.memory.get('key')?.value).toBe('value')
  })

  it('is lost in a gap: nothing is kept that was under way', async () => {
    const { cache, memory, store } = stage.connect()
    const release = store.wire.hold('reply', 'setMany', 'getMany')
    const written = cache.set('key', 'value')
    await stage.settle()
    await store.reopen()
    release()
    await written
    await stage.settle()

    expect(memory.get('key')?.guards?.some(({ goodUntil }) => goodUntil === Number.POSITIVE_INFINITY)).not.toBe(true)
    expect(cache.stats().shared.journalEntries).toBe(0)
  })
})

describe('a load that another pattern or tag does not concern', () => {
  it('is shared all the same', async () => {
    const { cache } = stage.connect()
    const load = slowLoad()
    const first = cache.getOrSet('key', load, { tags: ['a'] })
    await stage.settle()
    await cache.invalidateMatching('other*')
    await cache.invalidateTags(['b'])
    const second = cache.getOrSet('key', load, { tags: ['a'] })
    await stage.settle()
    load.resolve('value')

    expect(await Promise.all([first, second])).toEqual(['value', 'value'])
    expect(load.calls).toBe(1)
  })
})
