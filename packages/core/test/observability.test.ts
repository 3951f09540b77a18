import { describe, expect, it } from 'vitest'
import type { InvalidationListener } from '../src/contracts.ts'
import type { Inspection } from '../src/inspect.ts'
import { bareStore } from './world/bare-store.ts'
import { slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()

describe('stats', () => {
  it('add up: hits by tier and misses are the keys read', async () => {
    const { cache, memory } = stage.connect({ ttl: '10s', grace: '1h' })
    await cache.getOrSet('a', () => 1)
    await stage.settle()
    await cache.get('a')
    memory.clear()
    await cache.getMany(['a', 'b'])
    await stage.clock.advance(10_000)
    await cache.getOrSet('a', () => Promise.reject(new Error('down')))
    await cache.getOrSet('c', () => Promise.reject(new Error('down'))).catch(() => {})

    expect(cache.stats()).toMatchObject({
      hits: 3,
      misses: 3,
      hitRatio: 0.5,
      memoryHits: 1,
      remoteHits: 2,
      staleHits: 1,
      loads: 3,
      loadErrors: 2,
    })
  })

  it('are all zero at first', () => {
    expect(stage.open().cache.stats()).toMatchObject({ hits: 0, misses: 0, hitRatio: 0, loads: 0 })
  })

  it('know how long loads take, without those that failed', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.clock.advance(40)
    load.resolve('value')
    await read

    const { count, meanMs, maxMs, p50Ms } = cache.stats().loadLatency
    expect([count, meanMs, maxMs]).toEqual([1, 40, 40])
    expect(Math.abs(p50Ms / 40 - 1)).toBeLessThan(0.1)
  })

  it('know the tiers', async () => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 1)
    memory.evict('key')
    await cache.set('other', 1)

    expect(cache.stats().shared).toMatchObject({
      memoryEntries: 1,
      memoryMaxEntries: Number.POSITIVE_INFINITY,
      memoryBytes: undefined,
      evictions: 1,
      fallbackEntries: 0,
      remoteErrors: 0,
      journalEntries: 0,
      journalBytes: 0,
      remote: { coherence: 'announcements' },
    })
    expect(stage.open({ memory: undefined }).cache.stats().shared).toMatchObject({
      memoryEntries: 0,
      remote: undefined,
    })
  })
})

describe('events', () => {
  it('tell of loads and their errors, with key and namespace as the user knows them', async () => {
    const { cache } = stage.open()
    const heard: unknown[] = []
    cache.on('load', (detail) => heard.push(detail))
    cache.on('loadError', ({ key, namespace, error }) => heard.push([key, namespace, String(error)]))
    const view = cache.namespace('n')
    await view.getOrSet('@key', () => 1)
    await cache.getOrSet('~key', () => Promise.reject(new Error('down'))).catch(() => {})
    await cache.getOrSetMany(['a', 'b'], (missing) => new Map(missing.map((key) => [key, 1])))

    expect(heard).toEqual([
      { key: '@key', namespace: 'n', durationMs: 0 },
      ['~key', '', 'Error: down'],
      { key: 'a', namespace: '', durationMs: 0 },
      { key: 'b', namespace: '', durationMs: 0 },
    ])
  })

  it('tell of evictions, while somebody listens', async () => {
    const { cache, memory } = stage.open()
    const heard: unknown[] = []
    await cache.namespace('n').set('key', 1)
    const listening = cache.on('evicted', (detail) => heard.push(detail))
    memory.evict('@n:key', 'expired')
    listening[Symbol.dispose]()
    await cache.set('key', 1)
    memory.evict('key')

    expect(heard).toEqual([{ key: 'key', namespace: 'n', reason: 'expired' }])
    expect(cache.stats().shared.evictions).toBe(2)
  })

  it('tell how long a load took that failed, and whether a stale value was served instead', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '2s' })
    const heard: unknown[] = []
    cache.on('loadError', ({ key, durationMs, isServedStale }) => heard.push([key, durationMs, isServedStale]))
    const load = slowLoad()
    const failAfter = async (key: string, ms: number): Promise<void> => {
      const read = cache.getOrSet(key, load).catch(() => undefined)
      await stage.clock.advance(ms)
      load.reject(new Error('down'))
      await read
    }
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)

    await failAfter('key', 5)
    await failAfter('none', 7)
    await failAfter('key', 1_995)

    expect(heard).toEqual([
      ['key', 5, true],
      ['none', 7, false],
      ['key', 1_995, false],
    ])
    expect(cache.stats()).toMatchObject({ loadErrors: 3, refreshes: 0 })
  })

  it('tell of no failed load that the queue had no place for', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1, maxQueued: 0 } })
    const heard: string[] = []
    cache.on('loadError', ({ key }) => heard.push(key))
    const load = slowLoad()
    const running = cache.getOrSet('running', load)
    await stage.settle()

    await expect(cache.getOrSet('refused', load)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_LOAD_REJECTED' })
    load.reject(new Error('down'))
    await expect(running).rejects.toThrow('down')

    expect(heard).toEqual(['running'])
    expect(cache.stats()).toMatchObject({ loadErrors: 1, loadsRejected: 1 })
  })

  it('tell the state of the remote store, with its cause where there is one', async () => {
    const store = bareStore()
    let listener: InvalidationListener | undefined
    const listening = Object.assign(store, {
      listen: (given: InvalidationListener) => {
        listener = given
        return () => undefined
      },
    })
    const { cache } = stage.openBare({}, listening)
    const heard: unknown[] = []
    cache.on('remoteState', (detail) => heard.push(detail))
    const cause = new Error('refused')

    listener!.state!('away', cause)
    listener!.state!('ready')

    expect(heard).toEqual([{ state: 'away', cause }, { state: 'ready' }])
    expect(Object.keys(heard[1] as object)).toEqual(['state'])
  })

  it('tell of a gap', async () => {
    const { cache, store } = stage.connect()
    const heard: unknown[] = []
    cache.on('gap', (detail) => heard.push(detail))
    store.cut()
    await store.mend()

    expect(heard).toEqual([{ gaps: 1 }])
  })
})

describe('inspect', () => {
  const inspect = (cache: { inspect(key: string): Promise<Inspection> }): Promise<Inspection> => cache.inspect('key')

  it('of nothing is a miss, and says so', async () => {
    expect(await inspect(stage.open().cache)).toEqual({
      key: 'key',
      verdict: 'miss',
      why: 'Nothing is stored under this key.',
      isLoading: false,
    })
    expect(await inspect(stage.connect().cache)).toMatchObject({ verdict: 'miss', remoteMiss: 'nothing is stored' })
  })

  it('of a fresh entry is a hit, with age, ttl, grace and tags, from where it would be served', async () => {
    const { cache, memory } = stage.connect({ ttl: '10s', grace: '20s' })
    await cache.set('key', 1, { tags: ['t'] })
    await stage.clock.advance(4_000)
    const tier = { ageMs: 4_000, ttlMs: 6_000, graceMs: 26_000, tags: ['t'] }

    expect(await inspect(cache)).toMatchObject({ verdict: 'hit', from: 'memory', memory: tier, remote: tier })
    memory.clear()
    const fromRemote = await inspect(cache)
    expect(fromRemote).toMatchObject({ verdict: 'hit', from: 'remote', why: 'Fresh in remote.', remote: tier })
    expect(fromRemote.memory).toBeUndefined()
  })

  it('of what the remote store alone has is a hit from there, and keeps nothing in memory', async () => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 1)
    memory.clear()

    const seen = await inspect(cache)

    expect(seen).toMatchObject({ verdict: 'hit', from: 'remote', why: 'Fresh in remote.', isLoading: false })
    expect('memory' in seen).toBe(false)
    expect(memory.size).toBe(0)
    await stage.clock.advance(60_000)
    expect(await inspect(cache)).toMatchObject({ verdict: 'miss', remoteMiss: 'nothing is stored' })
  })

  it('of what is being loaded says so', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.settle()

    expect(await inspect(cache)).toMatchObject({ verdict: 'miss', isLoading: true })
    load.resolve('value')
    await read
  })

  it('has no field without a value', async () => {
    const { cache } = stage.connect()
    await cache.set('key', 1)

    for (const seen of [await inspect(cache), await inspect(stage.open().cache)])
      expect(Object.entries(seen).filter(([, value]) => value === undefined)).toEqual([])
  })

  it('of a stale entry says that grace may serve it', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '20s' })
    await cache.set('key', 1)
    await stage.clock.advance(1_000)

    expect(await inspect(cache)).toMatchObject({
      verdict: 'stale',
      from: 'memory',
      why: 'Past its ttl in memory, within grace: served when it cannot be loaded.',
      memory: { refused: 'stale', ttlMs: 0, graceMs: 20_000 },
    })
  })

  it('of an expired one is a miss', async () => {
    const { cache } = stage.open({ ttl: '1s' })
    await cache.set('key', 1)
    await stage.clock.advance(1_000)

    expect(await inspect(cache)).toMatchObject({
      verdict: 'miss',
      why: 'What is stored is expired.',
      memory: { refused: 'expired', graceMs: 0 },
    })
  })

  it.each<[string, (stage_: ReturnType<typeof stage.connect>) => Promise<unknown>, object]>([
    ['keys', ({ cache }) => cache.delete('key'), { type: 'keys', names: ['key'] }],
    ['tags', ({ cache }) => cache.invalidateTags(['u', 't']), { type: 'tags', names: ['u', 't'] }],
    ['pattern', ({ cache }) => cache.invalidateMatching('k*'), { type: 'pattern', pattern: 'k*' }],
    ['all', ({ cache }) => cache.clear(), { type: 'all' }],
  ])('names the invalidation that ended it: %s', async (type, invalidate, what) => {
    const opened = stage.connect()
    await opened.cache.set('key', 1, { tags: ['t'] })
    await stage.clock.advance(5)
    await invalidate(opened)

    const { verdict, invalidation } = await inspect(opened.cache)

    expect(verdict).toBe('miss')
    expect(invalidation).toEqual({ what, origin: 'local', at: stage.clock.now() })
    expect(type).toBe(invalidation?.what.type)
  })

  it('tells what was invalidated by another, and that memory is refused for it', async () => {
    const [a, b] = [stage.connect(), stage.connect()]
    await a.cache.set('key', 1, { tags: ['t'] })
    await b.cache.invalidateTags('t')

    expect(await inspect(a.cache)).toMatchObject({
      verdict: 'miss',
      why: 'What is stored is invalidated.',
      memory: { refused: 'invalidated' },
      remoteMiss: 'tag:t',
      invalidation: { origin: 'remote' },
    })
  })

  it('does not blame an invalidation that was before what is served', async () => {
    const { cache } = stage.open()
    await cache.delete('key')
    await cache.set('key', 1)

    expect((await inspect(cache)).invalidation).toBeUndefined()
  })

  it('tells when nobody vouches for memory, and that the store is away', async () => {
    const { cache, store } = stage.connect({ ttl: '1h', coherence: { maxStaleness: '9s' } })
    await cache.set('key', 1)
    store.cut()
    await stage.clock.advance(9_000)

    expect(await inspect(cache)).toMatchObject({
      verdict: 'miss',
      memory: { refused: 'unvouched' },
      remoteMiss: 'away: The store is away.',
    })
  })

  it('tells of bytes that are not ours to read', async () => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 1)
    memory.clear()
    stage.server.put({ ...stage.server.slots.get('key')!.write!, serializer: 'odd' })

    expect(await inspect(cache)).toMatchObject({
      verdict: 'miss',
      remoteMiss: 'of the serializer "odd", where this cache has "json"',
    })
  })

  it.each<[string, (opened: ReturnType<typeof stage.openBare>) => unknown]>([
    ['expired', () => stage.clock.advance(2_000)],
    ['damaged', ({ store }) => store.held.set('key', { ...store.held.get('key')!, payload: Buffer.from('{"a') })],
    ['invalidated here, which the store does not know', ({ cache }) => cache.invalidateMatching('k*')],
  ])('tells why what a store still has is none: %s', async (remoteMiss, change) => {
    const opened = stage.openBare({ ttl: '1s' })
    await opened.cache.set('key', 1)
    opened.memory.clear()
    await change(opened)

    expect(await inspect(opened.cache)).toMatchObject({ verdict: 'miss', remoteMiss })
  })

  it('tells that a load is under way', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const read = cache.getOrSet('key', load)
    await stage.settle()
    expect(await inspect(cache)).toMatchObject({ isLoading: true })
    load.resolve('value')
    await read

    expect(await inspect(cache)).toMatchObject({ isLoading: false })
  })

  it('counts nothing, and keeps nothing', async () => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 1)
    memory.clear()
    await inspect(cache)

    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 })
    expect(memory.size).toBe(0)
  })
})

describe('what a cache says of itself', () => {
  it('is that it is alone without a remote store', () => {
    expect(stage.open({ name: 'shop' }).cache.describe()).toEqual({
      name: 'shop',
      memory: true,
      remote: undefined,
      limits: ['Without a remote store, other processes hear of nothing.'],
    })
    expect(stage.connect({ memory: undefined }).cache.describe()).toMatchObject({ memory: false, limits: [] })
    expect(stage.open().cache.name).toBe('cache')
  })
})
