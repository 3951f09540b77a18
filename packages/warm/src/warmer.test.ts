import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { memoryCache } from '../test/memory-cache.ts'
import type { WarmerOptions } from './options.ts'
import type { WarmProgress, WarmReport } from './report.ts'
import { createWarmer, type Warmer } from './warmer.ts'

// Everything that waits here waits on timers: the queue, the retries, the cache's own clock.
beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function warmerFor(cache: ReturnType<typeof memoryCache>, options: WarmerOptions): Warmer {
  const warmer = createWarmer(cache, options)
  onTestFinished(() => warmer.close())
  return warmer
}

/** What a promise gives, however long that takes by the moved clock. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(ms)
  return promise
}

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `key:${index}`)

/** A database that answers after a while and counts how many questions it is working at. */
function database(answerMs: number) {
  const counts = { running: 0, most: 0, questions: 0, startedAt: [] as number[] }
  const ask = async (key: string): Promise<string> => {
    counts.startedAt.push(Date.now())
    counts.questions++
    counts.running++
    counts.most = Math.max(counts.most, counts.running)
    await new Promise((resolve) => setTimeout(resolve, answerMs))
    counts.running--
    return `value of ${key}`
  }
  return { counts, ask }
}

describe('a run', () => {
  it('loads every key of every job, with its ttl and tags', async () => {
    const cache = memoryCache()
    const warmer = warmerFor(cache, {
      jobs: [
        {
          name: 'pricing',
          keys: ['pricing:ca', 'pricing:ny'],
          load: (key) => `price of ${key}`,
          ttl: '2h',
          tags: ['pricing'],
        },
        { keys: ['lead:1'], load: () => null, ttl: '5m' },
      ],
    })

    const report = await warmer.run()

    expect(report).toMatchObject({
      outcome: 'done',
      jobs: [
        { job: 'pricing', keys: 2, fresh: 0, loaded: 2, absent: 0, failed: 0 },
        { job: 'job 2', keys: 1, fresh: 0, loaded: 1, absent: 0, failed: 0 },
      ],
    })
    const pricing = await cache.lookup('pricing:ca')
    expect(pricing).toMatchObject({ value: 'price of pricing:ca', tags: ['pricing'] })
    expect([pricing, await cache.lookup('lead:1')].map((found) => Math.round(found!.ttlMs / 1_000))).toEqual([
      7_200, 300,
    ])
    expect(warmer.last).toBe(report)
  })

  it('skips what is fresh, and loads it when forced', async () => {
    const cache = memoryCache()
    const { ask, counts } = database(0)
    const warmer = warmerFor(cache, { jobs: [{ keys: ['a', 'b', 'a'], load: ask }] })
    await cache.set('a', 'here')

    const report = await within(10, warmer.run())
    expect(report.jobs[0]).toMatchObject({ keys: 2, fresh: 1, loaded: 1 })
    expect(await cache.get('a')).toBe('here')

    expect((await within(10, warmer.run({ force: true }))).jobs[0]).toMatchObject({ fresh: 0, loaded: 2 })
    expect(await cache.get('a')).toBe('value of a')
    expect(counts.questions).toBe(3)
  })

  it('loads several keys with one call, and stores nothing for those that have no value', async () => {
    const cache = memoryCache()
    const calls: (readonly string[])[] = []
    const warmer = warmerFor(cache, {
      jobs: [
        {
          keys: keysOf(5),
          batch: 2,
          loadMany: (keys) => {
            calls.push(keys)
            return new Map(keys.filter((key) => key !== 'key:3').map((key) => [key, 1]))
          },
        },
      ],
    })

    const report = await warmer.run()

    expect(calls).toEqual([['key:0', 'key:1'], ['key:2', 'key:3'], ['key:4']])
    expect(report.jobs[0]).toMatchObject({ loaded: 4, absent: 1, failed: 0 })
    expect(await cache.get('key:3')).toBeUndefined()
  })

  it('lists keys anew for each run, from an async iterable too', async () => {
    const cache = memoryCache()
    let listed = 0
    const warmer = warmerFor(cache, {
      jobs: [
        {
          async *keys() {
            listed++
            yield `list:${listed}`
          },
          load: () => 1,
        },
      ],
    })

    await warmer.run()
    await warmer.run()

    expect([...(await cache.getMany(['list:1', 'list:2'])).keys()]).toEqual(['list:1', 'list:2'])
  })

  it('lists keys no faster than it loads them', async () => {
    const cache = memoryCache()
    const { ask } = database(100)
    let listed = 0
    const warmer = warmerFor(cache, {
      concurrency: 2,
      deadline: '1s',
      jobs: [
        {
          *keys() {
            for (; ; listed++) yield `key:${listed}`
          },
          load: ask,
        },
      ],
    })

    const report = await within(1_000, warmer.run())

    expect(report.outcome).toBe('late')
    expect(listed).toBeLessThan(1_000)
  })

  it('is joined by whoever asks for one meanwhile', async () => {
    const cache = memoryCache()
    const { ask, counts } = database(50)
    const warmer = warmerFor(cache, { jobs: [{ keys: ['a'], load: ask }] })

    const runs = [warmer.run(), warmer.run()]
    expect(warmer.isRunning).toBe(true)
    const [first, second] = await within(50, Promise.all(runs))

    expect(second).toBe(first)
    expect(counts.questions).toBe(1)
    expect(warmer.isRunning).toBe(false)
  })

  it('tells how far it is', async () => {
    const cache = memoryCache()
    const told: WarmProgress[] = []
    const ended = vi.fn()
    const warmer = warmerFor(cache, { jobs: [{ name: 'letters', keys: ['a', 'b'], load: () => 1 }] })
    warmer.on('progress', (progress) => told.push(progress))
    warmer.on('ended', ended)[Symbol.dispose]()

    await warmer.run()

    expect(told.map(({ keys, loaded }) => [keys, loaded])).toEqual([
      [2, 0],
      [2, 1],
      [2, 2],
    ])
    expect(told[0]).toMatchObject({ job: 'letters' })
    expect(ended).not.toHaveBeenCalled()
  })
})

describe('what the database sees', () => {
  it('is never more than `concurrency`, over all jobs', async () => {
    const { ask, counts } = database(100)
    const warmer = warmerFor(memoryCache(), {
      concurrency: 3,
      jobs: [
        { keys: keysOf(10), load: ask },
        { keys: keysOf(10).map((key) => `other:${key}`), load: ask },
      ],
    })

    await within(10_000, warmer.run())

    expect(counts.questions).toBe(20)
    expect(counts.most).toBe(3)
  })

  it('is never more than `rate` in any span of time, retries included', async () => {
    const { ask, counts } = database(1)
    const warmer = warmerFor(memoryCache(), {
      concurrency: 100,
      rate: { loads: 5, per: '1s' },
      retries: 1,
      backoff: '10ms',
      jobs: [
        {
          keys: keysOf(20),
          load: async (key) => {
            await ask(key)
            throw new Error('busy')
          },
        },
      ],
    })

    const report = await within(60_000, warmer.run())

    expect(report.jobs[0]).toMatchObject({ loaded: 0, failed: 20 })
    expect(counts.questions).toBe(40)
    const busiest = counts.startedAt.map(
      (at) => counts.startedAt.filter((other) => other >= at && other < at + 1_000).length,
    )
    expect(Math.max(...busiest)).toBe(5)
  })

  it('is never more than `rate` across the bounds of a window', async () => {
    const { ask, counts } = database(1)
    const warmer = warmerFor(memoryCache(), {
      concurrency: 100,
      rate: { loads: 5, per: '1s' },
      jobs: [
        { keys: ['first'], load: ask },
        {
          async *keys() {
            await new Promise((resolve) => setTimeout(resolve, 900))
            yield* keysOf(20)
          },
          load: ask,
        },
      ],
    })

    await within(60_000, warmer.run())

    const { startedAt } = counts
    const busiest = startedAt.map((at) => startedAt.filter((other) => other >= at && other < at + 1_000).length)
    expect(startedAt).toHaveLength(21)
    expect(Math.max(...busiest)).toBe(5)
  })

  it('counts a loader that was given up until it has really ended', async () => {
    const { ask, counts } = database(60_000)
    const warmer = warmerFor(memoryCache(), {
      concurrency: 2,
      retries: 0,
      deadline: '100s',
      jobs: [{ keys: keysOf(4), load: ask, timeout: '1s' }],
    })

    const report = await within(100_000, warmer.run())

    expect(report.jobs[0]).toMatchObject({ failed: 4 })
    expect(counts.most).toBe(2)
    // Also over runs.
    await within(200_000, warmer.run())
    expect(counts.most).toBe(2)
  })
})

describe('a load that fails', () => {
  it('is tried again after growing waits', async () => {
    const cache = memoryCache()
    const at: number[] = []
    const failed = vi.fn()
    const warmer = warmerFor(cache, {
      retries: 2,
      backoff: '100ms',
      jobs: [
        {
          name: 'flaky',
          keys: ['key'],
          load: async () => {
            at.push(Date.now())
            if (at.length < 3) throw new Error(`attempt ${at.length}`)
            return 'value'
          },
        },
      ],
    })
    warmer.on('failed', failed)

    const report = await within(1_000, warmer.run())

    expect(report.jobs[0]).toMatchObject({ loaded: 1, failed: 0 })
    expect(await cache.get('key')).toBe('value')
    expect(failed.mock.calls.map(([{ job, keys, attempt, willRetry }]) => [job, keys, attempt, willRetry])).toEqual([
      ['flaky', ['key'], 1, true],
      ['flaky', ['key'], 2, true],
    ])
    const [first, second, third] = at as [number, number, number]
    // Up to twice as long at random.
    expect(second - first).toBeGreaterThanOrEqual(100)
    expect(second - first).toBeLessThanOrEqual(201)
    expect(third - second).toBeGreaterThanOrEqual(200)
    expect(third - second).toBeLessThanOrEqual(401)
  })

  it('costs its own keys alone', async () => {
    const cache = memoryCache()
    const failed = vi.fn()
    const warmer = warmerFor(cache, {
      retries: 0,
      jobs: [
        {
          keys: ['bad', 'good'],
          load: (key) => {
            if (key === 'bad') throw new Error('no')
            return 1
          },
        },
      ],
    })
    warmer.on('failed', failed)

    const report = await warmer.run()

    expect(report).toMatchObject({ outcome: 'done', jobs: [{ loaded: 1, failed: 1 }] })
    expect(failed.mock.calls[0]![0]).toMatchObject({ keys: ['bad'], attempt: 1, willRetry: false })
  })

  it('is not tried again where that would change nothing', async () => {
    let calls = 0
    const warmer = warmerFor(memoryCache(), {
      jobs: [
        {
          keys: ['key'],
          load: () => {
            calls++
            throw new TypeError('a mistake of the program')
          },
        },
      ],
    })

    expect((await warmer.run()).jobs[0]).toMatchObject({ failed: 1 })
    expect(calls).toBe(1)
  })

  it('is told of keys that cannot be listed, and the next job runs all the same', async () => {
    const error = new Error('no database')
    const warmer = warmerFor(memoryCache(), {
      jobs: [
        { keys: () => Promise.reject(error), load: () => 1 },
        { keys: ['key'], load: () => 1 },
      ],
    })

    const report = await warmer.run()

    expect(report).toMatchObject({ outcome: 'done', jobs: [{ keys: 0, error }, { loaded: 1 }] })
  })

  it('disturbs nobody when a listener throws', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const warmer = warmerFor(memoryCache(), { jobs: [{ keys: ['key'], load: () => 1 }] })
    warmer.on('progress', () => {
      throw new Error('listener')
    })

    expect((await warmer.run()).jobs[0]).toMatchObject({ loaded: 1 })
    expect(warn).toHaveBeenCalled()
    warn.mockRestore()
  })
})

describe('the end of a run', () => {
  it('comes with the deadline, and what was loaded stays', async () => {
    const cache = memoryCache()
    const { ask } = database(100)
    const warmer = warmerFor(cache, { concurrency: 1, deadline: '250ms', jobs: [{ keys: keysOf(10), load: ask }] })

    const report = await within(250, warmer.run())

    expect(report).toMatchObject({ outcome: 'late', jobs: [{ keys: 10, loaded: 2, failed: 0 }] })
    expect(await cache.get('key:1')).toBe('value of key:1')
  })

  it('comes when nobody waits any more, and aborts the loaders', async () => {
    const cache = memoryCache()
    let signal: AbortSignal | undefined
    const warmer = warmerFor(cache, {
      jobs: [
        {
          keys: ['key'],
          load: (_, context) => {
            signal = context.signal
            return new Promise(() => undefined)
          },
        },
      ],
    })
    const controllers = [new AbortController(), new AbortController()] as const
    const ended = vi.fn()
    warmer.on('ended', ended)
    const runs = Promise.allSettled(controllers.map((controller) => warmer.run({ signal: controller.signal })))
    await vi.advanceTimersByTimeAsync(1)

    controllers[0].abort(new Error('first'))
    await vi.advanceTimersByTimeAsync(1)
    expect(warmer.isRunning).toBe(true)
    controllers[1].abort(new Error('second'))
    const settled = await within(10, runs)

    expect(settled).toMatchObject([{ reason: { message: 'first' } }, { reason: { message: 'second' } }])
    expect(ended.mock.calls[0]![0]).toMatchObject({ outcome: 'aborted' })
    expect(signal!.aborted).toBe(true)
  })

  it('comes with close(), which ends schedules too and leaves no timer', async () => {
    const cache = memoryCache()
    const { ask, counts } = database(1_000)
    const warmer = warmerFor(cache, { jobs: [{ keys: ['key'], load: ask, ttl: '1m' }] })
    warmer.every('1m')
    const run = warmer.run()
    await vi.advanceTimersByTimeAsync(10)

    const closing = warmer.close()
    expect(await within(1_000, run)).toMatchObject({ outcome: 'aborted' })
    await closing
    await expect(warmer.run()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CACHE_CLOSED' })
    expect(() => warmer.every('1m')).toThrow(/closed/)

    expect(warmer.isClosed).toBe(true)
    await cache.close()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(counts.questions).toBe(1)
  })

  it('disturbs no run that begins as it ends', async () => {
    const cache = memoryCache()
    const { ask } = database(10)
    const warmer = warmerFor(cache, { concurrency: 1, jobs: [{ keys: keysOf(3), load: ask }] })
    let next: Promise<WarmReport> | undefined
    warmer.on('ended', () => {
      next ??= warmer.run({ force: true })
    })

    await within(1_000, warmer.run())

    expect(await next).toMatchObject({ outcome: 'done', jobs: [{ loaded: 3 }] })
  })

  it('leaves the next run its places, however the last one ended', async () => {
    const cache = memoryCache()
    const { ask } = database(10)
    const warmer = warmerFor(cache, { concurrency: 1, jobs: [{ keys: keysOf(20), load: ask }] })
    const abort = new AbortController()
    const first = warmer.run({ signal: abort.signal }).catch(() => undefined)
    await vi.advanceTimersByTimeAsync(35)
    abort.abort(new Error('enough'))
    await within(20, first)

    expect(await within(1_000, warmer.run())).toMatchObject({ outcome: 'done' })
    expect((await cache.getMany(keysOf(20))).size).toBe(20)
  })
})

describe('a schedule', () => {
  it('runs at its interval, shortened at random', async () => {
    const cache = memoryCache()
    const at: number[] = []
    const randoms = [0, 1, 0.5]
    const start = Date.now()
    const warmer = warmerFor(cache, {
      random: () => randoms.shift() ?? 0,
      jobs: [{ keys: () => (at.push(Date.now() - start), []), load: () => 1 }],
    })

    warmer.every('10m', { jitter: 0.1 })
    await vi.advanceTimersByTimeAsync(29 * 60_000)

    expect(at.map((ms) => Math.round(ms / 1_000))).toEqual([600, 600 + 540, 600 + 540 + 570])
  })

  it('begins at once when asked to, behind', async () => {
    const cache = memoryCache()
    const warmer = warmerFor(cache, { jobs: [{ keys: ['key'], load: () => 1 }] })

    warmer.every('10m', { now: true })
    await vi.advanceTimersByTimeAsync(1)

    expect(await cache.get('key')).toBe(1)
  })

  it('also loads what would not last until the next run', async () => {
    const cache = memoryCache()
    const { ask, counts } = database(0)
    const warmer = warmerFor(cache, { jobs: [{ keys: ['short', 'long'], load: ask, ttl: '1d' }] })
    await cache.set('short', 'old', { ttl: '35m' })
    await cache.set('long', 'old', { ttl: '45m' })

    warmer.every('20m', { jitter: 0 })
    await vi.advanceTimersByTimeAsync(20 * 60_000 + 10)

    expect(counts.questions).toBe(1)
    expect(await cache.get('short')).toBe('value of short')
    expect(await cache.get('long')).toBe('old')
  })

  it('never has two runs at once', async () => {
    const { ask, counts } = database(25 * 60_000)
    const warmer = warmerFor(memoryCache(), {
      deadline: '1d',
      jobs: [{ keys: ['key'], load: ask, ttl: '1m', timeout: '1d' }],
    })

    warmer.every('10m', { jitter: 0 })
    await vi.advanceTimersByTimeAsync(65 * 60_000)

    // It begins 10 minutes after the last one ended: at 10 and at 45.
    expect(counts.questions).toBe(2)
  })

  it('ends when it is disposed of, and keeps no process alive', async () => {
    const { ask, counts } = database(0)
    const warmer = warmerFor(memoryCache(), { jobs: [{ keys: ['key'], load: ask, ttl: '1m' }] })

    {
      using _schedule = warmer.every('10m')
    }
    await vi.advanceTimersByTimeAsync(3_600_000)

    expect(counts.questions).toBe(0)
  })
})

describe('options', () => {
  it.each<[string, unknown]>([
    ['jobs', {}],
    ['jobs', { jobs: 'all' }],
    ['concurrency', { jobs: [], concurrency: 0 }],
    ['rate.loads', { jobs: [], rate: { loads: 0.5, per: '1s' } }],
    ['rate.per', { jobs: [], rate: { loads: 1, per: '0ms' } }],
    ['deadline', { jobs: [], deadline: 5 }],
    ['retries', { jobs: [], retries: -1 }],
    ['backoff', { jobs: [], backoff: 'soon' }],
    ['lease', { jobs: [], lease: '0ms' }],
    ['name', { jobs: [], name: '' }],
    ['speed', { jobs: [], speed: 3 }],
    ['load', { jobs: [{ keys: [] }] }],
    ['load', { jobs: [{ keys: [], load: () => 1, loadMany: () => new Map() }] }],
    ['batch', { jobs: [{ keys: [], loadMany: () => new Map(), batch: 0 }] }],
    ['keys', { jobs: [{ load: () => 1 }] }],
    ['keys', { jobs: [{ keys: 'abc', load: () => 1 }] }],
    ['keys', { jobs: [{ keys: [1].values(), load: () => 1 }] }],
  ])('says what is wrong with %s: %o', (name, options) => {
    expect(() => createWarmer(memoryCache(), options as WarmerOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_INVALID_OPTION', message: expect.stringContaining(name) }),
    )
  })

  it('refuses an interval or a jitter that cannot be used, and an event that does not exist', () => {
    const warmer = warmerFor(memoryCache(), { jobs: [] })

    expect(() => warmer.every('0ms')).toThrow(/interval/)
    expect(() => warmer.every('1m', { jitter: 2 })).toThrow(/jitter/)
    expect(() => warmer.on('over' as 'ended', () => undefined)).toThrow(/over/)
  })
})
