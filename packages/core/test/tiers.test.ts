import { describe, expect, it } from 'vitest'
import type { ReadOptions } from '../src/options.ts'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

/** Ways to read of which only the first can be ended by nothing but the remote store's own deadline. */
const ways: [string, () => ReadOptions<string>][] = [
  ['plainly', () => ({})],
  ['with a signal', () => ({ signal: new AbortController().signal })],
  ['with a timeout below that of the remote store', () => ({ timeout: '50ms' })],
]

describe('a read through', () => {
  it.each(ways)('%s answers with what the remote store has, and loads nothing', async (_, options) => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 'stored', { tags: ['t'] })
    memory.clear()
    const load = countCalls(() => 'loaded')

    expect(await cache.lookup('key', load, options())).toMatchObject({
      value: 'stored',
      from: 'remote',
      isStale: false,
      tags: ['t'],
    })
    expect(load.calls).toBe(0)
    expect(cache.stats()).toMatchObject({ remoteHits: 1, memoryHits: 0, misses: 0, staleHits: 0, coalesced: 0 })
    expect(await cache.lookup('key', load, options())).toMatchObject({ from: 'memory', isStale: false })
    expect(cache.stats()).toMatchObject({ remoteHits: 1, memoryHits: 1, misses: 0, staleHits: 0 })
  })

  it.each(ways)('%s shares the read of who came before', async (_, options) => {
    const { cache, memory, store } = stage.connect()
    await cache.set('key', 'stored')
    memory.clear()

    const values = await Promise.all([1, 2, 3].map(() => cache.getOrSet('key', () => 'loaded', options())))

    expect(values).toEqual(['stored', 'stored', 'stored'])
    expect(store.wire.count('getMany')).toBe(1)
    expect(cache.stats()).toMatchObject({ remoteHits: 3, misses: 0, coalesced: 2, loads: 0 })
  })

  it.each(ways)('%s loads what both tiers lack, and tells where it came from', async (_, options) => {
    const { cache } = stage.connect()

    expect(await cache.lookup('key', () => 'loaded', options())).toMatchObject({
      value: 'loaded',
      from: 'loader',
      isStale: false,
    })
    await stage.settle()
    expect(cache.stats()).toMatchObject({ remoteHits: 0, misses: 1, coalesced: 0, loads: 1 })
    expect(await cache.lookup('key')).toMatchObject({ from: 'memory' })
  })

  it.each(ways)('%s refreshes ahead what came from the remote store', async (_, options) => {
    const { cache, memory } = stage.connect({ ttl: '10s', refreshAhead: 0.8 })
    await cache.set('key', 'old')
    const load = countCalls(() => 'new')
    await stage.clock.advance(7_999)
    memory.clear()
    expect(await cache.getOrSet('key', load, options())).toBe('old')
    await stage.settle()
    expect(load.calls).toBe(0)

    await stage.clock.advance(1)
    memory.clear()
    expect(await cache.getOrSet('key', load, options())).toBe('old')
    await stage.settle()

    expect(load.calls).toBe(1)
    expect(cache.stats()).toMatchObject({ refreshes: 1, remoteHits: 2, misses: 0 })
  })

  it('of what is loaded says that it is fresh, kept or not', async () => {
    const { cache } = stage.open()

    expect(await cache.lookup('kept', () => 1)).toMatchObject({ from: 'loader', isStale: false, ttlMs: 60_000 })
    expect(
      await cache.lookup('skipped', ({ skip }) => {
        skip()
        return 2
      }),
    ).toMatchObject({ value: 2, from: 'loader', isStale: false, ageMs: 0, ttlMs: 0 })
    expect(cache.stats()).toMatchObject({ misses: 2, hits: 0, staleHits: 0 })
  })

  it('of a stale value tells the tier that had it', async () => {
    const { cache, memory } = stage.connect({ ttl: '1s', grace: '1h' })
    const down = (): never => {
      throw new Error('down')
    }
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)

    expect(await cache.lookup('key', down, { skipRemote: true })).toMatchObject({
      value: 'old',
      from: 'memory',
      isStale: true,
    })
    memory.clear()
    expect(await cache.lookup('key', down)).toMatchObject({ value: 'old', from: 'remote', isStale: true })
    expect(cache.stats()).toMatchObject({ memoryHits: 1, remoteHits: 1, staleHits: 2, misses: 0, loadErrors: 2 })
  })
})

describe('skipMemory', () => {
  it.each(['memory alone', 'a remote store'])(
    'neither looks there nor keeps anything there, with %s',
    async (tiers) => {
      const { cache, memory } = tiers === 'memory alone' ? stage.open() : stage.connect()
      const options = { skipMemory: true } as const
      expect(await cache.getOrSet('key', () => 'first', options)).toBe('first')
      await stage.settle()
      expect(memory.size).toBe(0)

      expect(await cache.lookup('key', () => 'second', options)).toMatchObject({
        value: tiers === 'memory alone' ? 'second' : 'first',
      })
      expect(memory.size).toBe(0)
      await cache.set('key', 'set')
      const found = await cache.lookup('key', () => 'third', options)
      await stage.settle()

      expect(found).toMatchObject(
        tiers === 'memory alone' ? { value: 'third', from: 'loader' } : { value: 'set', from: 'remote' },
      )
      expect(await cache.get('key')).toBe('set')
    },
  )

  it('keeps nothing of a fill that a second process could overtake either', async () => {
    const { cache, memory } = stage.connect()

    await cache.getOrSet('key', () => 'loaded', { skipMemory: true, signal: new AbortController().signal })
    await stage.settle()
    await cache.getMany(['key'], { skipMemory: true })

    expect(memory.size).toBe(0)
  })
})

describe('a lease', () => {
  it('outlives the load’s timeout by five seconds, so that its fill may come a little later', async () => {
    const { cache } = stage.connect({ timeout: '20s' })
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.settle()

    expect(stage.server.get('key')).toMatchObject({ kind: 'lease', endsAt: stage.clock.now() + 25_000 })
    load.resolve('value')
    await read
  })

  it('asked for a moment too late brings what another process has stored meanwhile', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const release = a.store.wire.hold('request', 'lease')
    const load = countCalls(() => 'by a')
    const read = a.cache.lookup('key', load)
    await stage.settle()
    await b.cache.getOrSet('key', () => 'by b')
    await stage.settle()
    release()

    expect(await read).toMatchObject({ value: 'by b', from: 'remote', isStale: false })
    expect(load.calls).toBe(0)
    expect(a.cache.stats()).toMatchObject({ remoteHits: 1, misses: 0 })
  })

  it('that brings something older than a forced read wants is no answer, and nothing is stored without it', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await a.cache.set('seen', 'old')
    const release = a.store.wire.hold('request', 'lease')
    const read = a.cache.getOrSet('key', () => 'by a', { force: true })
    await stage.settle()
    await b.cache.getOrSet('key', () => 'by b')
    await stage.settle()
    release()

    expect(await read).toBe('by a')
    await stage.settle()
    expect(await b.cache.get('key', { skipMemory: true })).toBe('by b')
  })

  it.each(['cannot be serialized', 'is skipped', 'failed', 'has a tag that was invalidated meanwhile'])(
    'is given back when the value %s',
    async (why) => {
      const { cache, store } = stage.connect()
      const load = slowLoad<unknown>()
      const read = cache.getOrSet<unknown>('key', load, { tags: () => ['t'] }).catch(() => 'failed')
      await stage.settle()
      expect(stage.server.get('key')?.kind).toBe('lease')

      if (why === 'cannot be serialized') load.resolve(() => {})
      else if (why === 'failed') load.reject(new Error('down'))
      else load.resolve('value')
      if (why === 'is skipped') load.contexts[0]!.skip()
      if (why === 'has a tag that was invalidated meanwhile') await cache.invalidateTags('t')
      await read
      await stage.settle()

      expect(stage.server.get('key')).toBeUndefined()
      expect(store.wire.count('fill')).toBe(0)
      expect(store.wire.count('release')).toBe(1)
    },
  )

  it('that was used is not given back', async () => {
    const { cache, store } = stage.connect()

    await cache.getOrSet('key', () => 'value')
    await stage.settle()

    expect([store.wire.count('fill'), store.wire.count('release')]).toEqual([1, 0])
  })
})

describe('what is kept in memory', () => {
  it('is the loader’s own object where callers share it, and a copy where they are isolated', async () => {
    const { cache, memory } = stage.connect()
    const value = { a: 1 }
    await cache.getOrSet('shared', () => value)
    await cache.getOrSet('copied', () => value, { isolation: 'clone' })
    await stage.settle()

    expect(memory.get('shared')?.value).toBe(value)
    expect(memory.get('copied')?.value).not.toBe(value)
    expect(memory.get('copied')?.value).toEqual(value)
  })

  it('is nothing of a fill that the store refused', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    const load = slowLoad()
    const hold = a.store.wire.holdAnnouncements()
    const read = a.cache.getOrSet('key', load)
    await stage.settle()
    await b.cache.delete('key')
    load.resolve('old')
    await read
    await stage.settle()

    expect(a.memory.size).toBe(0)
    hold()
    await stage.settle()
    expect(await a.cache.get('key')).toBeUndefined()
  })
})
