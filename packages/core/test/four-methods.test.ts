import { describe, expect, it } from 'vitest'
import type { RemoteWrite } from '../src/contracts.ts'
import { bareStore } from './world/bare-store.ts'
import { slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe('a store with the four required methods', () => {
  it('keeps values, and says what it cannot promise', async () => {
    const { cache, memory } = stage.openBare({ name: 'shop' })
    await cache.set('key', { n: 1 })
    memory.clear()

    expect(await cache.lookup('key')).toMatchObject({ value: { n: 1 }, from: 'remote' })
    expect(cache.describe()).toMatchObject({
      name: 'shop',
      memory: true,
      remote: { name: 'remote', coherence: 'max-staleness' },
    })
    expect(cache.describe().limits).toHaveLength(4)
  })

  it('bounds what memory holds by maxStaleness, counted from when it was read', async () => {
    const { cache, memory, store } = stage.openBare({
      ttl: '1h',
      coherence: { maxStaleness: '9s' },
      remoteTimeout: '2s',
    })
    await cache.set('key', 'value')
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')
    const read = cache.get('key')
    await stage.clock.advance(1_000)
    release()
    await read

    await stage.clock.advance(7_999)
    expect(await cache.lookup('key')).toMatchObject({ from: 'memory' })
    await stage.clock.advance(1)
    expect(await cache.lookup('key')).toMatchObject({ from: 'remote' })
  })

  it('keeps entries with tags in memory alone, and leaves nothing older under their keys', async () => {
    const { cache, memory, store } = stage.openBare()
    await cache.set('set', 'untagged')
    await cache.set('updated', 'untagged')

    expect(await cache.set('set', 'tagged', { tags: ['t'] })).toEqual({ reached: 'memory', queued: false })
    await cache.update('updated', () => 'tagged', { tags: () => ['t'] })
    await cache.getOrSet('loaded', () => 'tagged', { tags: ['t'] })

    expect([...store.held.keys()]).toEqual([])
    expect([await cache.get('set'), await cache.get('loaded')]).toEqual(['tagged', 'tagged'])
    await cache.invalidateTags('t')
    expect([await cache.get('set'), await cache.get('loaded')]).toEqual([undefined, undefined])
    expect(memory.size).toBe(0)
  })

  it('queues a tagged write whose old value could not be removed', async () => {
    const { cache, store } = stage.openBare()
    await cache.set('key', 'old')
    store.wire.failNext('deleteMany', new Error('refused'))

    expect(await cache.set('key', 'new', { tags: ['t'] })).toEqual({ reached: 'memory', queued: true })
    expect(await cache.get('key')).toBe('new')
    await cache.get('other')
    expect(store.held.has('key')).toBe(false)
  })

  it('a tagged set that crosses a delete loses to it', async () => {
    const { cache, store } = stage.openBare()
    const release = store.wire.hold('reply', 'deleteMany')
    const set = cache.set('key', 'value', { tags: ['t'] })
    const deleted = cache.delete('key')
    await stage.settle()
    release()
    await Promise.all([set, deleted])

    expect(await cache.get('key')).toBeUndefined()
  })

  it.each(['clear', 'invalidateMatching', 'clear of a namespace'])(
    'gives nothing back after %s, which ends it for this process only',
    async (how) => {
      const { cache, memory, store } = stage.openBare()
      const view = cache.namespace('n')
      await view.set('key', 'old')
      await stage.clock.advance(1)

      const invalidated =
        how === 'clear' ? cache.clear() : how === 'invalidateMatching' ? cache.invalidateMatching('*') : view.clear()

      expect(await invalidated).toEqual({ reached: 'memory', queued: false })
      expect(store.held.size).toBe(1)
      expect(await view.get('key')).toBeUndefined()
      await stage.clock.advance(1)
      await view.set('key', 'new')
      memory.clear()
      expect(await view.get('key')).toBe('new')
    },
  )

  it.each(['clear', 'invalidateMatching'])('uses %s for what it has no other ability for', async (ability) => {
    const held = new Map<string, RemoteWrite>()
    const store = Object.assign(bareStore(held), { [ability]: async () => held.clear() })
    const { cache } = stage.openBare({}, store)
    for (const invalidate of [
      () => cache.clear(),
      () => cache.invalidateMatching('a*'),
      () => cache.namespace('n').clear(),
    ]) {
      await cache.set('key', 'old')

      expect(await invalidate()).toEqual({ reached: 'all', queued: false })
      expect(held.size).toBe(0)
    }
  })

  it('replays what was missed before anything is read, and everybody waits for it', async () => {
    const { cache, memory, store } = stage.openBare()
    const repaired: unknown[] = []
    cache.on('repaired', (detail) => repaired.push(detail))
    await cache.set('key', 'old')
    await cache.set('other', 'value')
    memory.clear()
    store.wire.failNext('deleteMany', new Error('refused'))
    await cache.delete('key')
    const release = store.wire.hold('request', 'deleteMany')
    const reads = [cache.get('key'), cache.get('other')]
    await stage.settle()
    const later = cache.get('key')
    await stage.settle()
    expect(store.wire.count('getMany')).toBe(0)
    release()

    expect(await Promise.all([...reads, later])).toEqual([undefined, 'value', undefined])
    expect(repaired).toEqual([{ keys: 1, tags: 0, all: false }])
  })

  it('is not read while the replay fails, and is again when it succeeds', async () => {
    const { cache, memory, store } = stage.openBare()
    await cache.set('key', 'old')
    memory.clear()
    store.wire.failNext('deleteMany', new Error('1'), new Error('2'))
    await cache.delete('key')

    expect(await cache.get('key')).toBeUndefined()
    expect(store.wire.count('getMany')).toBe(0)
    expect(await cache.get('key')).toBeUndefined()
    expect([store.wire.count('getMany'), store.held.size]).toEqual([1, 0])
  })

  it('recovers from a replay that is never answered', async () => {
    const { cache, store } = stage.openBare()
    store.wire.failNext('deleteMany', new Error('refused'))
    await cache.delete('key')
    const release = store.wire.hold('reply', 'deleteMany')
    const read = cache.get('other')
    await stage.clock.advance(100)
    expect(await read).toBeUndefined()
    release()

    await cache.get('other')
    expect(store.wire.count('getMany')).toBe(1)
    expect(cache.stats().shared.journalEntries).toBe(0)
  })

  it('that cannot be cleared believes nothing older when the journal overflowed', async () => {
    const { cache, memory, store } = stage.openBare({ journal: { maxEntries: 1 } })
    await cache.set('key', 'old')
    memory.clear()
    await stage.clock.advance(1)
    store.wire.failNext('deleteMany', new Error('refused'))
    await cache.delete(['key', 'x', 'y'])

    expect(await cache.get('key')).toBeUndefined()
    expect(cache.stats().shared.journalEntries).toBe(0)
  })

  it('does not get a slow load’s value after a delete here', async () => {
    const { cache, store } = stage.openBare()
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.settle()
    await cache.delete('key')
    load.resolve('old')
    await read
    await stage.settle()

    expect(store.held.size).toBe(0)
    expect(await cache.get('key')).toBeUndefined()
  })

  it('expires by removing', async () => {
    const { cache, store } = stage.openBare({ grace: '1h' })
    await cache.set('key', 'old')
    await cache.expire('key')

    expect(store.held.size).toBe(0)
    expect(await cache.get('key', { stale: true })).toBe('old')
  })
})
