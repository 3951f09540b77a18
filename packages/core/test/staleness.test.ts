import { describe, expect, it } from 'vitest'
import type { Duration } from '../src/duration.ts'
import { LoadTimeoutError } from '../src/errors.ts'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'

const stage = setStage()
const down = (): Promise<never> => Promise.reject(new Error('down'))

describe('ttl', () => {
  it('ends at its instant, not before', async () => {
    const { cache } = stage.open({ ttl: '10s' })
    await cache.set('key', 'value')

    await stage.clock.advance(9_999)
    expect(await cache.get('key')).toBe('value')
    await stage.clock.advance(1)
    expect(await cache.get('key')).toBeUndefined()
  })

  it('may depend on the value, and on what the loader says', async () => {
    const { cache } = stage.open()
    const adaptive = { ttl: (value: number): Duration => (value > 1 ? '10s' : '1s') }
    await cache.getOrSet('short', () => 1, adaptive)
    await cache.getOrSet('long', () => 2, adaptive)
    await cache.getOrSet(
      'said',
      ({ ttl }) => {
        ttl('5s')
        return 3
      },
      adaptive,
    )

    const left = await Promise.all(['short', 'long', 'said'].map((key) => cache.lookup(key)))

    expect(left.map((found) => found?.ttlMs)).toEqual([1_000, 10_000, 5_000])
  })

  it('of 0ms stores nothing, and what was there is gone', async () => {
    const { cache, memory } = stage.open()
    await cache.set('key', 'old')
    await cache.set('key', 'new', { ttl: '0ms' })
    expect(await cache.getOrSet('other', () => 'value', { ttl: '0ms' })).toBe('value')

    expect(memory.size).toBe(0)
  })

  it('is only ever shortened by jitter', async () => {
    const numbers = [0, 0.5, 0.999]
    const { cache } = stage.open({ ttl: '10s', jitter: 0.2, random: () => numbers.shift() ?? 1 })
    const left: (number | undefined)[] = []
    for (const key of ['a', 'b', 'c']) {
      await cache.set(key, 1)
      left.push((await cache.lookup(key))?.ttlMs)
    }

    expect(left).toEqual([10_000, 9_000, 8_002])
  })

  it('of a value that cannot have one is the caller’s error', async () => {
    const { cache } = stage.open()

    await expect(cache.getOrSet('key', () => 1, { ttl: () => 5 as never })).rejects.toThrow(/`ttl` to be a duration/)
    await expect(cache.getOrSet('key', ({ ttl }) => ttl('soon' as never))).rejects.toThrow(/`ttl` to be a duration/)
    expect(cache.stats()).toMatchObject({ loads: 2, loadErrors: 2 })
  })
})

describe('grace', () => {
  it('serves the stale value when the loader fails, and counts it', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)

    expect(await cache.getOrSet('key', down)).toBe('old')
    expect(cache.stats()).toMatchObject({ hits: 1, staleHits: 1, misses: 0, loadErrors: 1 })
  })

  it('ends at its instant', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    await cache.set('key', 'old')

    await stage.clock.advance(10_999)
    expect(await cache.getOrSet('key', down)).toBe('old')
    await stage.clock.advance(1)
    await expect(cache.getOrSet('key', down)).rejects.toThrow('down')
  })

  it('is the caller’s own, when that is shorter', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    await cache.set('key', 'old')
    await stage.clock.advance(3_000)

    await expect(cache.getOrSet('key', down, { grace: '1s' })).rejects.toThrow('down')
    expect(await cache.getOrSet('key', down, { grace: '5s' })).toBe('old')
  })

  it('does not keep a load from being tried', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)

    expect(await cache.getOrSet('key', () => 'new')).toBe('new')
  })

  it('is not served by get unless asked, and by lookup says so', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_500)

    expect(await cache.get('key')).toBeUndefined()
    expect((await cache.getMany(['key'])).size).toBe(0)
    expect(await cache.get('key', { stale: true })).toBe('old')
    expect(await cache.getMany(['key'], { stale: true })).toEqual(new Map([['key', 'old']]))
    expect(await cache.lookup('key')).toMatchObject({ value: 'old', isStale: true, ageMs: 1_500, ttlMs: 0 })
    expect(await cache.lookup('key', undefined, { stale: false })).toBeUndefined()
  })

  it('is kept in the remote store, too', async () => {
    const { cache, memory } = stage.connect({ ttl: '1s', grace: '10s' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    memory.clear()

    expect(await cache.lookup('key', down)).toMatchObject({ value: 'old', from: 'remote', isStale: true })
    expect(cache.stats()).toMatchObject({ remoteHits: 1, staleHits: 1 })
  })

  it('tells with the error whether a stale value was served', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    const heard: boolean[] = []
    cache.on('loadError', ({ isServedStale }) => heard.push(isServedStale))
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    await cache.getOrSet('key', down)
    await cache.getOrSet('other', down).catch(() => {})

    expect(heard).toEqual([true, false])
  })
})

describe('softTimeout', () => {
  it('of 0ms serves the stale value at once, and loads behind', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)

    expect(await cache.getOrSet('key', load, { softTimeout: '0ms' })).toBe('old')
    await stage.settle()
    expect(load.calls).toBe(1)
    load.resolve('new')
    await stage.settle()

    expect(await cache.get('key')).toBe('new')
    expect(cache.stats()).toMatchObject({ hits: 2, staleHits: 1, misses: 0 })
  })

  it('of 0ms waits for the first load, when there is nothing stale', async () => {
    const { cache } = stage.open({ grace: '10s', softTimeout: '0ms' })

    expect(await cache.getOrSet('key', () => 'new')).toBe('new')
  })

  it('of 0ms serves what only the remote store has, as soon as that is read', async () => {
    const { cache, memory } = stage.connect({ ttl: '1s', grace: '10s', softTimeout: '0ms' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    memory.clear()

    expect(await cache.getOrSet('key', load)).toBe('old')
    await stage.settle()
    load.resolve('new')
    await stage.settle()
    expect(await cache.get('key')).toBe('new')
  })

  it('waits so long for a load, and then serves the stale value', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s', softTimeout: '100ms' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    let value: unknown
    const read = cache.getOrSet('key', load).then((given) => (value = given))

    await stage.clock.advance(99)
    expect(value).toBeUndefined()
    await stage.clock.advance(1)
    expect(value).toBe('old')
    await read
    load.resolve('new')
    await stage.settle()
    expect(await cache.get('key')).toBe('new')
  })

  it('gives the load’s value, when that comes in time', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s', softTimeout: '100ms' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    const read = cache.getOrSet('key', load)
    await stage.clock.advance(99)
    load.resolve('new')

    expect(await read).toBe('new')
  })

  it('is each caller’s own', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '10s' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    const patient = cache.getOrSet('key', load)
    const hasty = cache.getOrSet('key', load, { softTimeout: '0ms' })
    await stage.settle()

    expect(await hasty).toBe('old')
    load.resolve('new')
    expect(await patient).toBe('new')
    expect(load.calls).toBe(1)
  })
})

describe('timeout', () => {
  it('rejects with LoadTimeoutError, aborts the loader, and keeps nothing of what comes late', async () => {
    const { cache } = stage.open({ timeout: '1s' })
    const load = slowLoad()
    const errors: unknown[] = []
    cache.on('loadError', ({ error, durationMs }) => errors.push(error, durationMs))
    const read = cache.getOrSet('key', load).catch((error: unknown) => error)
    await stage.clock.advance(999)
    expect(load.contexts[0]?.signal.aborted).toBe(false)

    await stage.clock.advance(1)

    const error = await read
    expect(error).toBeInstanceOf(LoadTimeoutError)
    expect((error as Error).message).toBe('The load of "key" took longer than 1000 ms.')
    expect(errors).toEqual([expect.any(LoadTimeoutError), 1_000])
    expect(load.contexts[0]?.signal.reason).toBeInstanceOf(LoadTimeoutError)
    load.resolve('late')
    await stage.settle()
    expect(await cache.get('key')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ loadTimeouts: 1, lateLoads: 1, loads: 1, loadErrors: 0 })
  })

  it('serves the stale value within grace', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '1h', timeout: '1s' })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    const read = cache.getOrSet('key', load)
    await stage.clock.advance(1_000)

    expect(await read).toBe('old')
    expect(cache.stats()).toMatchObject({ staleHits: 1, loadTimeouts: 1 })
    load.resolve('late')
  })

  it('is one for waiting, the remote store and the loader together', async () => {
    const { cache, store } = stage.connect({ timeout: '150ms' })
    const release = store.wire.hold('reply', 'getMany')
    const load = slowLoad()
    let outcome: unknown
    const read = cache.getOrSet('key', load).catch((error: unknown) => (outcome = error))
    await stage.clock.advance(90)
    release()
    await stage.clock.advance(59)
    expect(load.calls).toBe(1)
    expect(outcome).toBeUndefined()

    await stage.clock.advance(1)
    await read
    expect(outcome).toBeInstanceOf(LoadTimeoutError)
    load.resolve('late')
  })

  it('ends a read of the remote store that would take longer', async () => {
    const { cache, store } = stage.connect({ timeout: '50ms' })
    const release = store.wire.hold('reply', 'getMany')
    const read = cache.getOrSet('key', () => 'value').catch((error: unknown) => error)
    await stage.clock.advance(50)

    expect(await read).toBeInstanceOf(LoadTimeoutError)
    release()
  })

  it('is each caller’s own: who waits less leaves the others', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const patient = cache.getOrSet('key', load)
    const hasty = cache.getOrSet('key', load, { timeout: '10ms' }).catch((error: Error) => error.name)
    await stage.clock.advance(10)

    expect(await hasty).toBe('LoadTimeoutError')
    load.resolve('value')
    expect(await patient).toBe('value')
  })
})

describe('remoteTimeout', () => {
  it('is one for the read and the lease together', async () => {
    const { cache, store } = stage.connect({ remoteTimeout: '100ms' })
    const reads = store.wire.hold('reply', 'getMany')
    const leases = store.wire.hold('reply', 'lease')
    const load = countCalls(async () => 'value')
    const read = cache.getOrSet('key', load)
    await stage.clock.advance(90)
    reads()
    await stage.clock.advance(9)
    expect(load.calls).toBe(0)

    await stage.clock.advance(1)
    expect(load.calls).toBe(1)
    expect(await read).toBe('value')
    leases()
  })
})

describe('refreshAhead', () => {
  it.each(['memory alone', 'a remote store'])('loads behind one hit past its point, with %s', async (tiers) => {
    const options = { ttl: '10s', refreshAhead: 0.8 } as const
    const { cache } = tiers === 'memory alone' ? stage.open(options) : stage.connect(options)
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(7_999)
    expect(await cache.getOrSet('key', load)).toBe('old')
    await stage.settle()
    expect(load.calls).toBe(0)

    await stage.clock.advance(1)
    expect(await cache.getOrSet('key', load)).toBe('old')
    expect(await cache.getOrSet('key', load)).toBe('old')
    await stage.settle()
    expect(load.calls).toBe(1)
    load.resolve('new')
    await stage.settle()

    expect(await cache.getOrSet('key', load)).toBe('new')
    expect(cache.stats()).toMatchObject({ hits: 4, misses: 0, refreshes: 1, loads: 1 })
  })

  it('works by call, and without a memory tier', async () => {
    const { cache } = stage.connect({ memory: undefined, ttl: '10s' })
    const load = countCalls(async () => 'new')
    await cache.set('key', 'old')
    await stage.clock.advance(9_000)

    expect(await cache.getOrSet('key', load, { refreshAhead: 0.8 })).toBe('old')
    await stage.settle()

    expect(load.calls).toBe(1)
    expect(await cache.get('key')).toBe('new')
  })

  it('takes what another process has loaded meanwhile', async () => {
    const [a, b] = [stage.connect({ ttl: '10s' }), stage.connect({ ttl: '10s' })]
    await a.cache.getOrSet('key', () => 'old')
    await stage.clock.advance(9_000)
    await b.cache.getOrSet('key', () => 'new', { force: true })
    await stage.settle()
    const load = countCalls(async () => 'newest')

    expect(await a.cache.getOrSet('key', load, { refreshAhead: 0.8 })).toBe('old')
    await stage.settle()

    expect(load.calls).toBe(0)
    expect(await a.cache.get('key')).toBe('new')
  })

  it('that fails leaves the value and the process alone', async () => {
    const { cache } = stage.open({ ttl: '10s', refreshAhead: 0.5 })
    await cache.set('key', 'old')
    await stage.clock.advance(6_000)

    expect(await cache.getOrSet('key', down)).toBe('old')
    await stage.settle()

    expect(await cache.get('key')).toBe('old')
    expect(cache.stats()).toMatchObject({ loadErrors: 1, refreshes: 1, misses: 0 })
  })

  it('rejects wrong options, and never throws them', async () => {
    const { cache } = stage.open({ refreshAhead: 0.5 })
    await cache.set('key', 'old')

    await expect(cache.getOrSet('key', 5 as never)).rejects.toThrow(/loader to be a function/)
    await expect(cache.getOrSet('key', down, { tll: '1s' } as never)).rejects.toThrow(/Unknown option/)
    await expect(cache.getOrSet('key', down, null as never)).rejects.toThrow(/to be an object/)
  })
})

describe('a stale value that becomes known late', () => {
  it('is served as soon as it is known to who has waited longer than softTimeout', async () => {
    const { cache, memory, store } = stage.connect({ ttl: '1s', grace: '1h' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')
    const load = slowLoad()
    const signal = new AbortController().signal
    const reads = [
      cache.lookup('key', load, { softTimeout: '0ms', signal }),
      cache.lookup('key', load, { softTimeout: '10ms', signal }),
    ]
    await stage.clock.advance(20)
    release()

    expect(await Promise.all(reads)).toMatchObject([
      { value: 'old', from: 'remote', isStale: true },
      { value: 'old', from: 'remote', isStale: true },
    ])
    await stage.settle()
    expect(load.calls).toBe(1)
    load.resolve('new')
    await stage.settle()
    expect(await cache.get('key')).toBe('new')
  })

  it('is not served to who has not waited so long', async () => {
    const { cache, memory, store } = stage.connect({ ttl: '1s', grace: '1h' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')
    const load = slowLoad()
    const read = cache.lookup('key', load, { softTimeout: '50ms', signal: new AbortController().signal })
    await stage.clock.advance(20)
    release()
    await stage.settle()
    load.resolve('new')

    expect(await read).toMatchObject({ value: 'new', from: 'loader', isStale: false })
  })
})

describe('a time-out', () => {
  it('says of which key, and after how long', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const read = cache.getOrSet('key', load, { timeout: '100ms' })
    const timedOut = read.catch((error: unknown) => error)
    await stage.clock.advance(100)
    expect(await timedOut).toEqual(new LoadTimeoutError('The load of "key" took longer than 100 ms.'))

    const other = cache.getOrSet('other', load)
    await stage.clock.advance(10)
    const short = cache.getOrSet('other', load, { timeout: '50ms' }).catch((error: unknown) => error)
    await stage.clock.advance(50)
    expect(await short).toEqual(new LoadTimeoutError('The load of "other" took longer than 50 ms.'))
    load.resolve('late')
    load.resolve('value')
    expect(await other).toBe('value')
  })
})

describe('several keys that are stale in memory', () => {
  it('are what the store has newer, though nothing of it was heard', async () => {
    const [a, b] = [stage.connect({ ttl: '1s', grace: '1h' }), stage.connect({ ttl: '1s', grace: '1h' })]
    await a.cache.setMany([
      ['renewed', 'old'],
      ['other', 'old'],
    ])
    const hear = a.store.wire.holdAnnouncements()
    await stage.clock.advance(2_000)
    await b.cache.set('renewed', 'new')

    expect([...(await a.cache.getMany(['renewed', 'other']))]).toEqual([['renewed', 'new']])
    expect([...(await a.cache.getMany(['renewed', 'other'], { stale: true }))]).toEqual([
      ['renewed', 'new'],
      ['other', 'old'],
    ])
    hear()
  })

  it('are served from memory to who takes stale values, where the store has lost or cannot give them', async () => {
    const { cache, store } = stage.connect({ ttl: '1s', grace: '1h' })
    await cache.set('key', 'old')
    await stage.clock.advance(2_000)
    stage.server.slots.delete('key')

    expect((await cache.getMany(['key'])).size).toBe(0)
    expect([...(await cache.getMany(['key'], { stale: true }))]).toEqual([['key', 'old']])
    store.cut()
    expect([...(await cache.getMany(['key'], { stale: true }))]).toEqual([['key', 'old']])
  })
})
