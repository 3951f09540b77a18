import { describe, expect, it } from 'vitest'
import { CacheClosedError } from '../src/errors.ts'
import { slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()
const nameOf = (error: Error): string => error.name

describe('close', () => {
  it.each(['memory alone', 'a remote store'])(
    'ends loads under way and tells their loaders, with %s',
    async (tiers) => {
      const { cache } = tiers === 'memory alone' ? stage.open() : stage.connect()
      const load = slowLoad()
      const reads = [
        cache.getOrSet('a', load),
        cache.lookup('b', load),
        cache.getOrSetMany(['c'], () => new Promise<Map<string, string>>(() => {})),
      ]
      const outcomes = reads.map((read) => Promise.resolve<unknown>(read).catch(nameOf))
      await stage.settle()

      await cache.close()

      expect(await Promise.all(outcomes)).toEqual(['CacheClosedError', 'CacheClosedError', 'CacheClosedError'])
      for (const { signal } of load.contexts) expect(signal.reason).toBeInstanceOf(CacheClosedError)
      load.resolve('late')
      load.resolve('late')
      await stage.settle()
    },
  )

  it('refuses every call afterwards, in the cache and its namespaces', async () => {
    const { cache } = stage.open({ name: 'shop' })
    const view = cache.namespace('n')
    await cache.set('key', 'value')
    await cache.close()

    for (const each of [cache, view]) {
      const calls = [
        each.get('key'),
        each.getMany(['key']),
        each.getOrSet('key', () => 'value'),
        each.getOrSetMany(['key'], () => new Map()),
        each.lookup('key'),
        each.set('key', 1),
        each.setMany([['key', 1]]),
        each.update('key', () => 1),
        each.delete('key'),
        each.expire('key'),
        each.invalidateTags('t'),
        each.invalidateMatching('*'),
        each.clear(),
        each.inspect('key'),
      ]
      for (const call of calls)
        await expect(call).rejects.toMatchObject({
          code: 'ERR_HOLDFAST_CACHE_CLOSED',
          message: 'The cache "shop" is closed.',
        })
    }
    expect(cache.stats().shared.memoryEntries).toBe(0)
  })

  it('may be called again, and ends with its block', async () => {
    const { cache, store } = stage.openBare()
    await Promise.all([cache.close(), cache.close()])
    await cache.close()
    expect(store.isClosed).toBe(true)

    const { cache: other } = stage.open()
    {
      await using used = other
      expect(await used.getOrSet('key', () => 1)).toBe(1)
    }
    await expect(other.get('key')).rejects.toThrow(CacheClosedError)
  })

  it('waits for writes under way', async () => {
    const { cache, store } = stage.openBare()
    const release = store.wire.hold('request', 'setMany')
    const write = cache.set('key', 'value')
    let isClosed = false
    const closed = cache.close().then(() => (isClosed = true))
    await stage.clock.advance(50)
    expect([isClosed, store.isClosed]).toEqual([false, false])

    release()
    await stage.settle()

    expect(isClosed).toBe(true)
    expect(await write).toEqual({ reached: 'all', queued: false })
    expect(store.held.has('key')).toBe(true)
    await closed
  })

  it('with drain waits for loads behind, as long as it says', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '1h', softTimeout: '0ms' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    await cache.getOrSet('key', load)
    let isClosed = false
    const closed = cache.close({ drain: '5s' }).then(() => (isClosed = true))
    await stage.clock.advance(4_999)
    expect(isClosed).toBe(false)
    expect(load.contexts[0]?.signal.aborted).toBe(false)

    await stage.clock.advance(1)
    await closed
    expect(load.contexts[0]?.signal.aborted).toBe(true)
    load.resolve('late')
  })

  it('with drain ends as soon as nothing goes on any more', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '1h', softTimeout: '0ms' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    await cache.getOrSet('key', load)
    const closed = cache.close({ drain: '5s' })
    load.resolve('new')
    await closed

    expect(cache.stats()).toMatchObject({ loads: 1, lateLoads: 0 })
  })

  it('rejects wrong options, and closes nothing', async () => {
    const { cache } = stage.open()

    await expect(cache.close({ drain: 5 as never })).rejects.toThrow(/`drain` to be a duration/)
    await expect(cache.close({ drian: '5s' } as never)).rejects.toThrow(/Unknown option `drian`/)
    expect(await cache.getOrSet('key', () => 1)).toBe(1)
  })

  it('listens to nothing any more', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await a.cache.set('key', 1)
    await a.cache.close()
    const heard = a.cache.stats().shared.heard
    await b.cache.set('key', 2)

    expect(a.cache.stats().shared.heard).toBe(heard)
    expect(a.memory.onEvict).toBeUndefined()
    expect(stage.server.subscribers.size).toBe(1)
  })

  it('survives a store that throws as it stops listening', async () => {
    const { cache, store } = stage.connect()
    expect(store).toBeDefined()
    const load = slowLoad()
    const read = cache.getOrSet('key', load).catch(nameOf)
    await stage.settle()
    const update = cache.update('other', () => load({} as never))
    await stage.settle()
    const closed = cache.close()
    await stage.clock.advance(100)
    await closed
    load.resolve('late')
    load.resolve('late')

    expect(await read).toBe('CacheClosedError')
    expect(await update).toMatchObject({ value: 'late', queued: true })
  })
})
