import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { countCalls, slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'
import { thenable } from './world/thenable.ts'

const stage = setStage()

describe('one load for all who ask', () => {
  it('through getOrSet, lookup and getOrSetMany alike', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const asked = [
      cache.getOrSet('key', load),
      cache.lookup('key', load).then(({ value, from }) => `${value} from ${from}`),
      cache.getOrSetMany<string>(
        ['key', 'other'],
        async (missing) => new Map(missing.map((key) => [key, `many ${key}`])),
      ),
      cache.getOrSet('key', () => 'another loader'),
    ] as const
    await stage.settle()
    load.resolve('value')

    expect(await Promise.all(asked)).toEqual([
      'value',
      'value from loader',
      new Map([
        ['key', 'value'],
        ['other', 'many other'],
      ]),
      'value',
    ])
    expect(load.calls).toBe(1)
    expect(cache.stats()).toMatchObject({ loads: 2, misses: 5, coalesced: 3 })
  })

  it('for a hundred callers', async () => {
    const { cache } = stage.open()
    const load = countCalls(async () => 'value')

    const values = await Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('key', load)))

    expect(new Set(values)).toEqual(new Set(['value']))
    expect(load.calls).toBe(1)
    expect(cache.stats()).toMatchObject({ misses: 100, coalesced: 99, loads: 1 })
  })

  it('of overlapping batches, each of which loads only what nobody is loading', async () => {
    const { cache } = stage.open()
    const asked: (readonly string[])[] = []
    const load = async (missing: readonly string[]): Promise<Map<string, string>> => {
      asked.push(missing)
      return new Map(missing.map((key) => [key, key.toUpperCase()]))
    }

    const [first, second] = await Promise.all([
      cache.getOrSetMany(['a', 'b'], load),
      cache.getOrSetMany(['b', 'c', 'b'], load),
    ])

    expect([[...first], [...second]]).toEqual([
      [
        ['a', 'A'],
        ['b', 'B'],
      ],
      [
        ['b', 'B'],
        ['c', 'C'],
      ],
    ])
    expect(asked).toEqual([['a', 'b'], ['c']])
    expect(cache.stats()).toMatchObject({ loads: 2, misses: 4, coalesced: 1 })
    expect(cache.stats().loadLatency.count).toBe(2)
  })

  it('across the tiers: what one reads of the remote store, the others get', async () => {
    const { cache, store } = stage.connect()
    const load = slowLoad()
    const asked = [cache.getOrSet('key', load), cache.get('key'), cache.getMany(['key', 'other'])]
    await stage.settle()
    load.resolve('value')

    expect(await Promise.all(asked)).toEqual(['value', undefined, new Map()])
    // `get` shares the read, never the load.
    expect(store.wire.count('getMany')).toBe(1)
    expect(cache.stats()).toMatchObject({ misses: 4, loads: 1, coalesced: 2 })
  })

  it('goes on to the end of the fill: who comes meanwhile does not load again', async () => {
    const { cache, store } = stage.connect()
    const release = store.wire.hold('reply', 'fill')
    const load = countCalls(async () => 'value')
    await cache.getOrSet('key', load)

    const meanwhile = await cache.getOrSet('key', load)
    release()
    await stage.settle()

    expect(meanwhile).toBe('value')
    expect(load.calls).toBe(1)
    expect(await cache.lookup('key')).toMatchObject({ from: 'memory' })
  })

  it('does not share what has ended by its own ttl meanwhile', async () => {
    const { cache, store } = stage.connect({ ttl: '10ms' })
    const release = store.wire.hold('reply', 'fill')
    const load = countCalls(async () => 'value')
    await cache.getOrSet('key', load)
    await stage.clock.advance(10)

    await cache.getOrSet('key', load)
    release()

    expect(load.calls).toBe(2)
  })

  it('loads again for who comes after', async () => {
    const { cache } = stage.open({ ttl: '0ms' })
    const load = countCalls(async () => 'value')
    await cache.getOrSet('key', load)
    await cache.getOrSet('key', load)

    expect(load.calls).toBe(2)
  })
})

describe('a loader that fails', () => {
  it('runs once for all who wait, and each gets its error as it was', async () => {
    const { cache } = stage.open()
    const error = Object.assign(new Error('no database'), { code: 'ECONN' })
    const load = countCalls(() => Promise.reject(error))

    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => cache.getOrSet('key', load)))

    expect(load.calls).toBe(1)
    for (const outcome of outcomes) expect(outcome).toEqual({ status: 'rejected', reason: error })
    expect((outcomes[0] as PromiseRejectedResult).reason).toBe(error)
    expect(cache.stats()).toMatchObject({ misses: 10, loads: 1, loadErrors: 1 })
  })

  it('does not keep the next caller from loading', async () => {
    const { cache } = stage.open()
    await cache.getOrSet('key', () => Promise.reject(new Error('once'))).catch(() => {})

    expect(await cache.getOrSet('key', () => 'value')).toBe('value')
  })

  it('throws, rejects, or is a thenable that does: all the same', async () => {
    const { cache } = stage.open()
    const failing = [
      () => {
        throw new Error('x')
      },
      () => Promise.reject(new Error('x')),
      () => thenable((_, reject) => reject(new Error('x'))),
    ]

    for (const load of failing) await expect(cache.getOrSet('key', load)).rejects.toThrow('x')

    expect(cache.stats()).toMatchObject({ loads: 3, loadErrors: 3, misses: 3 })
  })

  it('fails for all keys of its batch, once', async () => {
    const { cache } = stage.open()
    const load = countCalls(() => Promise.reject(new Error('down')))

    await expect(cache.getOrSetMany(['a', 'b'], load)).rejects.toThrow('down')

    expect(load.calls).toBe(1)
    expect(cache.stats()).toMatchObject({ loads: 1, loadErrors: 1, misses: 2 })
  })

  it('of many that returns no Map is told so', async () => {
    const { cache } = stage.open()

    await expect(cache.getOrSetMany(['a'], async () => ({ a: 1 }) as never)).rejects.toThrow(
      'Expected the loader of several keys to return a Map, got an object.',
    )
  })
})

describe('a caller who leaves', () => {
  it('gets its signal’s reason, and leaves the others waiting', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const abort = new AbortController()
    const leaves = cache.getOrSet('key', load, { signal: abort.signal })
    const stays = cache.getOrSet('key', load)
    await stage.settle()

    abort.abort(new Error('enough'))
    await expect(leaves).rejects.toThrow('enough')
    expect(load.contexts[0]?.signal.aborted).toBe(false)
    load.resolve('value')

    expect(await stays).toBe('value')
    expect(load.calls).toBe(1)
  })

  it('aborts the loader when it was the last', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const aborts = [new AbortController(), new AbortController()]
    const asked = aborts.map(({ signal }) =>
      cache.getOrSet('key', load, { signal }).catch((error: Error) => error.name),
    )
    await stage.settle()

    aborts[0]!.abort()
    expect(load.contexts[0]?.signal.aborted).toBe(false)
    aborts[1]!.abort()

    expect(load.contexts[0]?.signal.aborted).toBe(true)
    expect(await Promise.all(asked)).toEqual(['AbortError', 'AbortError'])
    load.resolve('too late')
    await stage.settle()
    expect(await cache.get('key')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ lateLoads: 1, loads: 1, loadErrors: 0, misses: 3 })
  })

  it('lets the next one load anew', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const abort = new AbortController()
    const gone = cache.getOrSet('key', load, { signal: abort.signal }).catch(() => 'gone')
    await stage.settle()
    abort.abort()
    const next = cache.getOrSet('key', load)
    await stage.settle()
    load.resolve('old')
    load.resolve('new')

    expect([await gone, await next]).toEqual(['gone', 'new'])
    expect(await cache.get('key')).toBe('new')
  })

  it('who has aborted already reads nothing', async () => {
    const { cache, store } = stage.connect()
    const signal = AbortSignal.abort(new Error('before'))
    const load = countCalls(() => 'value')

    await expect(cache.getOrSet('key', load, { signal })).rejects.toThrow('before')
    await expect(cache.get('key', { signal })).rejects.toThrow('before')
    await expect(cache.getMany(['key'], { signal })).rejects.toThrow('before')
    await expect(cache.lookup('key', load, { signal })).rejects.toThrow('before')
    await expect(cache.getOrSetMany(['key'], () => new Map(), { signal })).rejects.toThrow('before')

    expect(load.calls).toBe(0)
    expect(store.wire.count('getMany')).toBe(0)
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 })
  })

  it('leaves a read of the remote store, too', async () => {
    const { cache, store } = stage.connect()
    const release = store.wire.hold('reply', 'getMany')
    const abort = new AbortController()
    const leaves = [
      cache.get('key', { signal: abort.signal }),
      cache.getMany(['key'], { signal: abort.signal }),
      cache.getOrSet('key', () => 'value', { signal: abort.signal }),
    ].map((read) => read.catch((error: Error) => error.message))
    const stays = cache.get('key')
    await stage.settle()

    abort.abort(new Error('enough'))
    expect(await Promise.all(leaves)).toEqual(['enough', 'enough', 'enough'])
    release()

    expect(await stays).toBeUndefined()
  })

  it('may be one of many on one signal, with no warning', async () => {
    const { cache } = stage.open()
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    const abort = new AbortController()
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`)

    await cache.getOrSetMany(keys, (missing) => new Map(missing.map((key) => [key, 1])), { signal: abort.signal })
    await stage.settle()

    process.off('warning', warned)
    expect(warnings).toEqual([])
  })

  it('is told of by the signal of a batch only when it was the last of all its keys', async () => {
    const { cache } = stage.open()
    let signal: AbortSignal | undefined
    const load = (_: readonly string[], context: { signal: AbortSignal }): Promise<Map<string, string>> => {
      signal = context.signal
      return new Promise(() => {})
    }
    const abort = new AbortController()
    const batch = cache.getOrSetMany(['a', 'b'], load, { signal: abort.signal }).catch((error: Error) => error.name)
    const other = new AbortController()
    const shares = cache.getOrSet('a', () => 'x', { signal: other.signal }).catch((error: Error) => error.name)
    await stage.settle()

    abort.abort()
    expect(await batch).toBe('AbortError')
    expect(signal?.aborted).toBe(false)
    other.abort()

    expect(await shares).toBe('AbortError')
    expect(signal?.aborted).toBe(true)
  })
})

describe('force', () => {
  it('loads though there is a fresh value, and stores', async () => {
    const { cache } = stage.open()
    await cache.set('key', 'old')

    expect(await cache.getOrSet('key', () => 'new', { force: true })).toBe('new')
    expect(await cache.get('key')).toBe('new')
  })

  it('shares a load that is under way, and one that another forced', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const asked = [
      cache.getOrSet('key', load),
      cache.getOrSet('key', load, { force: true }),
      cache.getOrSet('key', load, { force: true }),
    ]
    await stage.settle()
    load.resolve('value')

    expect(await Promise.all(asked)).toEqual(['value', 'value', 'value'])
    expect(load.calls).toBe(1)
  })

  it('does not take for an answer what a flight finds in the remote store', async () => {
    const { cache, memory, store } = stage.connect()
    await cache.set('key', 'stored')
    memory.clear()
    const release = store.wire.hold('reply', 'getMany')
    const load = countCalls(async () => 'loaded')
    const { signal } = new AbortController()
    const shared = cache.getOrSet('key', load, { signal })
    const forced = cache.getOrSet('key', load, { force: true })
    await stage.settle()
    release()

    expect(await forced).toBe('loaded')
    expect(['stored', 'loaded']).toContain(await shared)
    expect(load.calls).toBe(1)
  })

  it('does not take the value of a load that has ended and is still being stored', async () => {
    const { cache, store } = stage.connect()
    const release = store.wire.hold('reply', 'fill')
    await cache.getOrSet('key', () => 'first')

    const forced = await cache.getOrSet('key', () => 'second', { force: true })
    release()
    await stage.settle()

    expect(forced).toBe('second')
    expect(await cache.get('key')).toBe('second')
  })

  it('is what the next reader gets, also while it is still being stored', async () => {
    const { cache, store } = stage.connect()
    await cache.set('key', 'old')
    const release = store.wire.hold('reply', 'fill')
    const load = countCalls(async () => 'newer')

    await cache.getOrSet('key', () => 'new', { force: true })
    const next = await cache.getOrSet('key', load)
    release()
    await stage.settle()

    expect([next, await cache.get('key')]).toEqual(['new', 'new'])
    expect(load.calls).toBe(0)
  })

  it('is what the next reader gets where it shared a load ahead', async () => {
    const { cache, store } = stage.connect({ ttl: '10s', refreshAhead: 0.5 })
    await cache.set('key', 'old')
    await stage.clock.advance(6_000)
    const release = store.wire.hold('reply', 'fill')
    const load = slowLoad()
    await cache.getOrSet('key', load)

    const forced = cache.getOrSet('key', load, { force: true })
    await stage.settle()
    load.resolve('new')
    await forced
    const next = await cache.getOrSet('key', load)
    release()

    expect([await forced, next, load.calls]).toEqual(['new', 'new', 1])
  })

  it('fails with the loader’s error when there is no grace, whatever is stored', async () => {
    for (const { cache } of [stage.open(), stage.connect()]) {
      await cache.set('key', 'stored')
      const forced = cache.getOrSet('key', () => Promise.reject(new Error('down')), { force: true })

      await expect(forced).rejects.toThrow('down')
      expect(await cache.get('key')).toBe('stored')
    }
  })

  it('falls back on what is stored within grace', async () => {
    const { cache } = stage.open({ grace: '1h' })
    await cache.set('key', 'stored')

    expect(await cache.getOrSet('key', () => Promise.reject(new Error('down')), { force: true })).toBe('stored')
  })
})

describe('a load that has been answered', () => {
  it('has no time-out any more', async () => {
    const { cache, store } = stage.connect({ timeout: '1s' })
    const failures: unknown[] = []
    cache.on('loadError', (detail) => failures.push(detail))
    const release = store.wire.hold('reply', 'fill')
    await cache.getOrSet('key', () => 'value')

    await stage.clock.advance(10_000)
    release()
    await stage.settle()

    expect(failures).toEqual([])
    expect(cache.stats()).toMatchObject({ loadTimeouts: 0, loadErrors: 0 })
  })

  it('fails is begun anew by who comes after, at once', async () => {
    const { cache } = stage.connect()
    const load = slowLoad()
    const first = cache.getOrSet('key', load).catch((error: Error) => {
      // In the same turn in which the failure is known.
      return cache.getOrSet('key', () => `after ${error.message}`)
    })
    await stage.settle()
    load.reject(new Error('down'))

    expect(await first).toBe('after down')
  })
})

describe('a load that nobody waits for', () => {
  it('is aborted, with a reason that says so', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const abort = new AbortController()
    const read = cache.getOrSet('key', load, { signal: abort.signal }).catch((error: Error) => error.message)
    await stage.settle()

    abort.abort(new Error('the caller’s own reason'))

    expect(await read).toBe('the caller’s own reason')
    const { signal } = load.contexts[0]!
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ name: 'AbortError', message: 'Nobody waits for this load any more.' })
    load.resolve('late')
    await stage.settle()
    expect(await cache.get('key')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ lateLoads: 1, loads: 1, loadErrors: 0 })
  })

  it('does not end another that has begun for the key since', async () => {
    const { cache } = stage.open()
    const load = slowLoad()
    const abort = new AbortController()
    const left = cache.getOrSet('key', load, { signal: abort.signal }).catch(() => 'left')
    await stage.settle()
    await cache.delete('key')
    const later = cache.getOrSet('key', load)
    await stage.settle()

    abort.abort()
    const joined = cache.getOrSet('key', load)
    await stage.settle()
    expect(load.calls).toBe(2)
    load.resolve('old')
    load.resolve('new')

    expect(await Promise.all([left, later, joined])).toEqual(['left', 'new', 'new'])
    await stage.settle()
    expect(await cache.get('key')).toBe('new')
  })
})

describe('a signal that outlives many calls', () => {
  it.each(['memory alone', 'a remote store'])('is listened to by none that has ended, with %s', async (tiers) => {
    const options = { loads: { maxConcurrent: 1 } } as const
    const { cache, memory } = tiers === 'memory alone' ? stage.open(options) : stage.connect(options)
    const { signal } = new AbortController()
    const load = slowLoad()
    const reads = [
      cache.getOrSet('a', load, { signal }),
      cache.getOrSet('b', load, { signal }),
      cache.lookup('a', load, { signal }),
      cache.getOrSetMany(['c'], async () => new Map([['c', 'C']]), { signal }).then((found) => found.get('c')),
    ]
    await stage.settle()
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(0)
    load.resolve('A')
    await stage.settle()
    load.resolve('B')

    expect(await Promise.all(reads)).toEqual(['A', 'B', expect.objectContaining({ value: 'A' }), 'C'])
    await stage.settle()
    memory.clear()
    const found = [await cache.get('a', { signal }), (await cache.getMany(['a', 'b'], { signal })).size]
    expect(found).toEqual(tiers === 'memory alone' ? [undefined, 0] : ['A', 2])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('ends a look-up that waits for the remote store, with its own reason', async () => {
    const { cache, store } = stage.connect()
    const release = store.wire.hold('request', 'getMany')
    const abort = new AbortController()
    const looks = [
      cache.get('key', { signal: abort.signal }),
      cache.getMany(['key'], { signal: abort.signal }),
      cache.lookup('key', undefined, { signal: abort.signal }),
    ].map((look) => Promise.resolve(look).catch((error: unknown) => error))
    const reason = new Error('enough')

    abort.abort(reason)

    expect(await Promise.all(looks)).toEqual([reason, reason, reason])
    release()
    await stage.settle()
  })
})
