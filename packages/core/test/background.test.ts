import { describe, expect, it } from 'vitest'
import { deferred } from './world/deferred.ts'
import { slowLoad } from './world/slow-load.ts'
import { setStage } from './world/stage.ts'
import { thenable } from './world/thenable.ts'
import { watchRejections } from './world/watch-rejections.ts'

const stage = setStage()

watchRejections(() => stage.settle())

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

const returned: [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a BigInt', () => 5n],
  ['a cyclic object', () => cyclic],
  ['a function', () => () => 1],
  ['a symbol', () => Symbol('s')],
]
const failing: [string, () => unknown][] = [
  ['throws', () => fail()],
  // No promise can carry it: looking whether it is a thenable throws.
  ['returns a Proxy that throws', () => new Proxy({}, { get: () => fail(), ownKeys: () => fail() })],
  ['rejects', () => Promise.reject(new Error('down'))],
  ['rejects with undefined', () => Promise.reject()],
  ['is a thenable that rejects', () => thenable((_, reject) => reject(new Error('x')))],
  ['is a thenable that throws', () => thenable(() => fail())],
]

function fail(): never {
  throw new Error('failed')
}

describe.each(['memory alone', 'a remote store', 'four methods'])('a load behind the caller, with %s', (tiers) => {
  const open = (options: object): ReturnType<typeof stage.open> =>
    tiers === 'memory alone'
      ? stage.open(options)
      : tiers === 'a remote store'
        ? stage.connect(options)
        : stage.openBare(options)

  it.each([...returned, ...failing])('crashes nothing when its loader: %s', async (_, load) => {
    const { cache } = open({ ttl: '1s', grace: '1h', softTimeout: '0ms' })
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)

    expect(await cache.getOrSet('key', load)).toBe('old')
    await stage.settle()
    expect(await cache.get('other')).toBeUndefined()
  })

  it.each(returned)('answers with %s, stored or not', async (_, load) => {
    const { cache } = open({})
    const value = load()

    expect(Object.is(await cache.getOrSet('key', () => value), value)).toBe(true)
    await stage.settle()
  })

  it('crashes nothing when its loader throws after the abort', async () => {
    const { cache } = open({})
    const load = slowLoad()
    const abort = new AbortController()
    const read = cache.getOrSet('key', load, { signal: abort.signal }).catch(() => 'left')
    await stage.settle()
    abort.abort()
    await read
    load.reject(new Error('aborted at last'))
    await stage.settle()

    expect(cache.stats()).toMatchObject({ loads: 1, loadErrors: 0, lateLoads: 0 })
  })

  it('that never returns holds nothing once it has timed out', async () => {
    const { cache } = open({ timeout: '1s', loads: { maxConcurrent: 1, maxQueued: 0 } })
    for (let attempt = 0; attempt < 3; attempt++) {
      const read = cache.getOrSet('key', () => new Promise(() => {})).catch((error: Error) => error.name)
      await stage.clock.advance(1_000)
      expect(await read).toBe('LoadTimeoutError')
    }

    expect(cache.stats().shared).toMatchObject({ loadsRunning: 0, loadsQueued: 0 })
    expect(cache.stats()).toMatchObject({ loads: 3, loadTimeouts: 3, loadsRejected: 0 })
  })
})

describe('a value that cannot be serialized', () => {
  it('is answered by getOrSet, not stored, and told', async () => {
    const { cache, memory } = stage.connect()
    const told: unknown[] = []
    cache.on('serializationError', ({ key, namespace }) => told.push([key, namespace]))
    const users = cache.namespace('user')

    expect(await users.getOrSet('@key', () => cyclic)).toBe(cyclic)
    await stage.settle()

    expect(memory.size).toBe(0)
    expect(told).toEqual([['@key', 'user']])
    expect(cache.stats().serializationErrors).toBe(1)
  })

  it.each(['set', 'update'])('is rejected by %s, and the old value is gone from both tiers', async (how) => {
    const { cache, memory } = stage.connect()
    await cache.set('key', 'old')

    const write = how === 'set' ? cache.set('key', cyclic) : cache.update('key', () => cyclic)

    await expect(write).rejects.toMatchObject({ code: 'ERR_HOLDFAST_SERIALIZATION' })
    expect(memory.size).toBe(0)
    expect(await cache.get('key')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ serializationErrors: 1 })
  })

  it('does not keep the others of its batch from being written', async () => {
    const { cache } = stage.connect()
    const write = cache.setMany<unknown>([
      ['a', 1],
      ['b', cyclic],
      ['c', 3],
    ])

    await expect(write).rejects.toMatchObject({ code: 'ERR_HOLDFAST_SERIALIZATION' })
    expect([...(await cache.getMany(['a', 'b', 'c']))]).toEqual([
      ['a', 1],
      ['c', 3],
    ])
  })

  it('of another error than ours says which key, with the cause', async () => {
    const cause = new TypeError('no')
    const serializer = {
      name: 'odd',
      serialize: () => {
        throw cause
      },
      deserialize: () => 1,
    }
    const { cache } = stage.connect({ serializer })

    await expect(cache.set('key', 1)).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_SERIALIZATION',
      message: 'The value of "key" cannot be serialized.',
      cause,
    })
  })

  it('because it is too large counts as such', async () => {
    const { cache, memory } = stage.connect({ maxValueBytes: 20 })

    expect(await cache.getOrSet('key', () => 'x'.repeat(21))).toHaveLength(21)
    await stage.settle()
    expect(memory.size).toBe(0)
    await expect(cache.set('key', 'x'.repeat(21))).rejects.toThrow(/`maxValueBytes` is 20/)
    await cache.set('key', 'x'.repeat(5))
    expect(await cache.get('key')).toBe('xxxxx')
  })
})

describe('bytes that are no value', () => {
  it.each(['cannot be read', 'another serializer'])('are a miss: %s', async (why) => {
    const { cache, memory } = stage.connect()
    const told: unknown[] = []
    cache.on('serializationError', ({ key }) => told.push(key))
    await cache.set('@key', 'old')
    memory.clear()
    const slot = stage.server.slots.get('@@key')!
    const write = {
      ...slot.write!,
      ...(why === 'another serializer' ? { serializer: 'odd' } : { payload: new Uint8Array(3) }),
    }
    stage.server.put(write)

    expect(await cache.get('@key')).toBeUndefined()
    expect(await cache.getOrSet('@key', () => 'new')).toBe('new')
    await stage.settle()
    memory.clear()

    expect(await cache.get('@key')).toBe('new')
    expect(new Set(told)).toEqual(new Set(why === 'another serializer' ? [] : ['@key']))
  })
})

describe('waitUntil', () => {
  it('is given the work that goes on behind an answer', async () => {
    const given: Promise<unknown>[] = []
    const { cache } = stage.open({ ttl: '1s', grace: '1h', softTimeout: '0ms', waitUntil: (work) => given.push(work) })
    const load = slowLoad()
    await cache.set('key', 'old')
    await stage.clock.advance(1_000)
    await cache.getOrSet('key', load)
    let isDone = false
    void Promise.all(given).then(() => (isDone = true))

    await stage.settle()
    expect([given.length, isDone]).toEqual([1, false])
    load.resolve('new')
    await stage.settle()

    expect(isDone).toBe(true)
    expect(await cache.get('key')).toBe('new')
  })

  it('that throws is a warning, and nobody’s failure', async () => {
    const warnings: string[] = []
    const warned = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', warned)
    const { cache } = stage.open({ waitUntil: () => fail() })

    expect(await cache.getOrSet('key', () => 'value')).toBe('value')
    await stage.settle()

    process.off('warning', warned)
    expect(warnings).toEqual(['The option `waitUntil` threw: Error: failed'])
  })
})

describe('loads', () => {
  it('run at most so many at once, and then those that waited', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 2, maxQueued: 10 } })
    const load = slowLoad()
    const reads = ['a', 'b', 'c', 'd'].map((key) => cache.getOrSet(key, load))
    await stage.settle()
    expect(load.calls).toBe(2)
    expect(cache.stats().shared).toMatchObject({ loadsRunning: 2, loadsQueued: 2 })

    for (const value of ['A', 'B', 'C', 'D']) {
      load.resolve(value)
      await stage.settle()
    }

    expect(await Promise.all(reads)).toEqual(['A', 'B', 'C', 'D'])
    expect(cache.stats().shared).toMatchObject({ loadsRunning: 0, loadsQueued: 0 })
  })

  it('that find the queue full serve a stale value, or reject', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1, maxQueued: 0 }, ttl: '1s', grace: '1h' })
    const load = slowLoad()
    await cache.set('stale', 'old')
    await stage.clock.advance(1_000)
    const running = cache.getOrSet('a', load)
    await stage.settle()

    expect(await cache.getOrSet('stale', load)).toBe('old')
    await expect(cache.getOrSet('b', load)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_LOAD_REJECTED' })
    await expect(cache.getOrSetMany(['c', 'd'], () => new Map())).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_LOAD_REJECTED',
    })
    load.resolve('value')
    await running

    expect(cache.stats()).toMatchObject({ loads: 1, loadsRejected: 3, loadErrors: 0, staleHits: 1, misses: 4 })
  })

  it('of many keys take one place', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1, maxQueued: 0 } })

    const found = await cache.getOrSetMany(['a', 'b', 'c'], (missing) => new Map(missing.map((key) => [key, 1])))

    expect(found.size).toBe(3)
    expect(cache.stats()).toMatchObject({ loads: 1, loadsRejected: 0 })
  })

  it('that read through the cache themselves need no place, where they say so', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1, maxQueued: 0 } })
    const inner = slowLoad()

    const one = cache.getOrSet('outer', () => cache.getOrSet('inner', inner), { ungated: true })
    const many = cache.getOrSetMany(['a', 'b'], (missing) => new Map(missing.map((key) => [key, 1])), { ungated: true })
    await stage.settle()
    const { loadsRunning } = cache.stats().shared
    inner.resolve('value')

    expect([await one, (await many).size, loadsRunning]).toEqual(['value', 2, 1])
    expect(cache.stats()).toMatchObject({ loads: 3, loadsRejected: 0 })
  })

  it('that read through the cache themselves never wait for their own place', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 2, maxQueued: 100 } })
    const leaf = async (key: string): Promise<string> => cache.getOrSet(`leaf:${key}`, async () => key)
    const nested = async (key: string): Promise<string> => {
      const found = await cache.getOrSetMany([`many:${key}`], async ([missing]) => {
        await stage.clock.advance(0)
        return new Map([[missing!, await leaf(key)]])
      })
      return found.get(`many:${key}`)!
    }

    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    const reads = keys.map((key) => cache.getOrSet(`outer:${key}`, () => nested(key)))
    await stage.settle()

    expect(await Promise.all(reads)).toEqual(keys)
    expect(cache.stats()).toMatchObject({ loads: 18, loadsRejected: 0, loadTimeouts: 0 })
    expect(cache.stats().shared).toMatchObject({ loadsRunning: 0, loadsQueued: 0 })
  })

  it.each(['getOrSet', 'getOrSetMany'] as const)(
    'do not wait for another that waits for their place: a %s at the gate',
    async (method) => {
      const { cache } = stage.open({ loads: { maxConcurrent: 1 } })
      const go = deferred()
      const outer = cache.getOrSet('outer', async () => {
        await go.promise
        return cache.getOrSet('shared', () => 'of the outer')
      })
      await stage.settle()
      const waiting =
        method === 'getOrSet'
          ? cache.getOrSet('shared', () => 'of its own')
          : cache.getOrSetMany(['shared'], () => new Map([['shared', 'of its own']])).then((map) => map.get('shared'))
      await stage.settle()
      expect(cache.stats().shared).toMatchObject({ loadsRunning: 1, loadsQueued: 1 })

      go.resolve()
      await stage.settle()

      expect([await outer, await waiting]).toEqual(['of the outer', 'of its own'])
    },
  )

  it('let another through that they wait for before it comes to the gate', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1, maxQueued: 0 } })
    const go = deferred()
    const outer = cache.getOrSet('outer', async () => {
      await go.promise
      return cache.getOrSet('shared', () => 'of the outer')
    })
    await stage.settle()
    go.resolve()
    const other = cache.getOrSet('shared', () => 'of its own')
    await stage.settle()

    expect([await outer, await other]).toEqual(['of its own', 'of its own'])
  })

  it('need a place when they are asked for together with what a load reads', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1 } })
    const go = deferred()
    const inner = slowLoad()
    const other = slowLoad()
    const outer = cache.getOrSet('outer', async () => {
      await go.promise
      return cache.getOrSet('inner', inner)
    })
    await stage.settle()
    go.resolve()
    await Promise.resolve()
    await Promise.resolve()
    const beside = cache.getOrSet('other', other)
    await stage.settle()
    expect([inner.calls, other.calls]).toEqual([1, 0])

    inner.resolve('inner')
    await stage.settle()
    other.resolve('other')

    expect([await outer, await beside]).toEqual(['inner', 'other'])
  })

  it('that wait are let go of when their callers leave', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1 } })
    const load = slowLoad()
    const running = cache.getOrSet('a', load)
    const abort = new AbortController()
    const waiting = cache.getOrSet('b', load, { signal: abort.signal }).catch((error: Error) => error.name)
    const many = cache
      .getOrSetMany(['c'], () => new Map(), { signal: abort.signal })
      .catch((error: Error) => error.name)
    await stage.settle()
    expect(cache.stats().shared.loadsQueued).toBe(2)

    abort.abort()
    expect(await Promise.all([waiting, many])).toEqual(['AbortError', 'AbortError'])
    await stage.settle()
    expect(cache.stats().shared.loadsQueued).toBe(0)
    load.resolve('value')
    await running

    expect(cache.stats()).toMatchObject({ loads: 1 })
    expect(cache.stats().shared.loadsRunning).toBe(0)
  })

  it('of many keys give their place back when all callers leave, though the loader goes on', async () => {
    const { cache } = stage.open({ loads: { maxConcurrent: 1 } })
    const late = deferred<Map<string, string>>()
    const signals: AbortSignal[] = []
    const abort = new AbortController()
    const many = cache
      .getOrSetMany<string>(
        ['a', 'b'],
        (_, { signal }) => {
          signals.push(signal)
          return late.promise
        },
        { signal: abort.signal },
      )
      .catch((error: Error) => error.name)
    await stage.settle()
    expect(cache.stats().shared.loadsRunning).toBe(1)

    abort.abort()
    expect(await many).toBe('AbortError')
    await stage.settle()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(cache.stats().shared.loadsRunning).toBe(0)
    expect(await cache.getOrSet('other', () => 1)).toBe(1)
    late.resolve(new Map([['a', 'late']]))
    await stage.settle()

    expect(await cache.get('a')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ lateLoads: 1, loadErrors: 0 })
    expect(cache.stats().shared.loadsRunning).toBe(0)
    expect(cache.stats().loadLatency.count).toBe(1)
  })

  it('of many keys go on for one that still waits', async () => {
    const { cache } = stage.open()
    const loaded = deferred<Map<string, string>>()
    const signals: AbortSignal[] = []
    const abort = new AbortController()
    const load = (_: readonly string[], { signal }: { signal: AbortSignal }): Promise<Map<string, string>> => {
      signals.push(signal)
      return loaded.promise
    }
    const left = cache.getOrSetMany(['a', 'b'], load, { signal: abort.signal }).catch((error: Error) => error.name)
    await stage.settle()
    const stays = cache.get('b').then(() => cache.getOrSet('b', () => 'another'))
    await stage.settle()

    abort.abort()
    await stage.settle()
    expect(signals[0]!.aborted).toBe(false)
    loaded.resolve(new Map([['b', 'value']]))

    expect(await Promise.all([left, stays])).toEqual(['AbortError', 'value'])
  })

  it('of many keys count once, with how long they took', async () => {
    const { cache } = stage.open({ grace: '1h', ttl: '1s' })
    await stage.clock.advance(500)
    const read = cache.getOrSetMany(['a', 'b'], async (missing) => {
      await new Promise<void>((resolve) => stage.clock.setTimer(resolve, 40))
      return new Map(missing.map((key) => [key, key]))
    })
    await stage.clock.advance(40)
    await read

    expect(cache.stats()).toMatchObject({ loads: 1, refreshes: 0 })
    expect(cache.stats().loadLatency).toMatchObject({ count: 1, meanMs: 40, maxMs: 40 })
  })

  it('of many keys that fail are one failure, and stale values are counted as such', async () => {
    const { cache } = stage.open({ ttl: '1s', grace: '1h' })
    await cache.setMany([
      ['a', 'old a'],
      ['b', 'old b'],
    ])
    await stage.clock.advance(1_000)

    const found = await cache.getOrSetMany<string>(['a', 'b'], () => Promise.reject(new Error('down')))

    expect([...found.values()]).toEqual(['old a', 'old b'])
    expect(cache.stats()).toMatchObject({ loads: 1, loadErrors: 1, staleHits: 2, misses: 0 })
  })
})
