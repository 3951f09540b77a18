import { createCache, type Cache } from '@holdfast/core'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { createWarmer, type Warmer, type WarmerOptions } from '@holdfast/warm'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCache as createTieredCache } from '../src/create-cache.ts'

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis.stop())

let prefixes = 0
const newPrefix = (): string => `fleet-${(prefixes += 1)}:`

/** A process of the fleet, as far as Redis can tell: a cache with connections of its own. */
function member(prefix: string, server: RedisServer = redis): Cache {
  const cache = createTieredCache({ remote: redisStore(server.url, { prefix }), serializer: msgpack() })
  onTestFinished(() => cache.close())
  return cache
}

function warmerFor(cache: Cache, options: WarmerOptions): Warmer {
  const warmer = createWarmer(cache, options)
  onTestFinished(() => warmer.close())
  return warmer
}

/** A loader that waits to be let go, and counts. */
function gatedLoad() {
  let open!: () => void
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const load = vi.fn(async (key: string) => {
    await gate
    return `value of ${key}`
  })
  return { load, open }
}

function until(holds: () => unknown): Promise<unknown> {
  return vi.waitFor(holds, { timeout: 10_000, interval: 10 })
}

const keys = Array.from({ length: 40 }, (_, index) => `key:${index}`)

describe('a fleet that warms', () => {
  it('has one process that does it, however many begin at once', async () => {
    const prefix = newPrefix()
    const { load, open } = gatedLoad()
    const warmers = Array.from({ length: 5 }, () =>
      warmerFor(member(prefix), { concurrency: 3, jobs: [{ keys, load }] }),
    )

    const reports = warmers.map((warmer) => warmer.run())
    await until(() => expect(warmers.filter((warmer) => warmer.isRunning)).toHaveLength(1))
    await until(() => expect(load).toHaveBeenCalled())
    // The limit is that of the fleet.
    expect(load.mock.calls.length).toBeLessThanOrEqual(3)
    open()
    const outcomes = (await Promise.all(reports)).map(({ outcome }) => outcome)

    expect(outcomes.toSorted()).toEqual(['done', 'elsewhere', 'elsewhere', 'elsewhere', 'elsewhere'])
    expect(load).toHaveBeenCalledTimes(40)
    const reader = member(prefix)
    expect((await reader.getMany(keys)).size).toBe(40)
  })

  it('loads nothing again in the next process, where all is fresh', async () => {
    const prefix = newPrefix()
    const load = vi.fn((key: string) => key)
    const jobs = [{ keys, load, ttl: '1h' as const }]
    await warmerFor(member(prefix), { jobs }).run()

    const second = await warmerFor(member(prefix), { jobs }).run()

    expect(second).toMatchObject({ outcome: 'done', jobs: [{ keys: 40, fresh: 40, loaded: 0 }] })
    expect(load).toHaveBeenCalledTimes(40)
  })

  it('does a scheduled run once in an interval', async () => {
    const prefix = newPrefix()
    const load = vi.fn((key: string) => key)
    // Nothing lasts until the next run, so that every run that is not skipped loads it.
    const options: WarmerOptions = { jobs: [{ keys: ['key'], load, ttl: '1s' }] }
    const [first, second] = [warmerFor(member(prefix), options), warmerFor(member(prefix), options)]
    const ended = { first: vi.fn(), second: vi.fn() }
    first.on('ended', ended.first)
    second.on('ended', ended.second)
    using _one = first.every('1h', { jitter: 0 })
    await first.run()

    using _other = second.every('50ms', { jitter: 0 })
    await until(() => expect(ended.second.mock.calls.length).toBeGreaterThan(1))

    expect(ended.second.mock.calls.map(([{ outcome }]) => outcome)).not.toContain('done')
    expect(ended.second.mock.calls[0]![0]).toMatchObject({ outcome: 'recent' })
    expect(load).toHaveBeenCalledTimes(1)
    // Whoever asks for it gets it.
    expect((await second.run({ force: true })).outcome).toBe('done')
  })

  it('takes over from a process that died, after its lease and not before', async () => {
    const prefix = newPrefix()
    const { load, open } = gatedLoad()
    onTestFinished(open)
    const dying = member(prefix)
    const lease = { lease: '1500ms', jobs: [{ keys: ['key'], load }] } as const
    const abandoned = warmerFor(dying, lease)
    abandoned.run().catch(() => undefined)
    await until(() => expect(load).toHaveBeenCalledTimes(1))
    const next = warmerFor(member(prefix), { lease: '1500ms', jobs: [{ keys: ['key'], load: () => 'loaded' }] })
    // It renews its lease: after more than one length the turn is still its own.
    const renewedUntil = Date.now() + 2_000
    await until(() => expect(Date.now()).toBeGreaterThan(renewedUntil))
    expect((await next.run()).outcome).toBe('elsewhere')

    await dying.close()

    await vi.waitFor(async () => expect((await next.run()).outcome).toBe('done'), { timeout: 10_000, interval: 50 })
  })

  it('ends a run whose Redis is gone', async () => {
    await using server = await startRedis()
    const { load, open } = gatedLoad()
    onTestFinished(open)
    const warmer = warmerFor(member(newPrefix(), server), { lease: '600ms', jobs: [{ keys, load }] })
    const run = warmer.run()
    await until(() => expect(load).toHaveBeenCalled())

    await server.kill()

    expect((await run).outcome).toBe('unreachable')
  })

  it.each<[string, Partial<WarmerOptions>]>([
    ['', {}],
    [', where turns are not wanted either', { lease: false }],
  ])('does not warm while Redis is configured and away%s', async (_, options) => {
    await using server = await startRedis()
    const cache = member(newPrefix(), server)
    await server.kill()
    const load = vi.fn(() => 1)
    await using warmer = createWarmer(cache, { jobs: [{ keys, load }], ...options })

    const report = await warmer.run()

    expect(report.outcome).toBe('unreachable')
    expect(load).not.toHaveBeenCalled()
  })

  it('warms in every process where turns are not wanted', async () => {
    const prefix = newPrefix()
    const { load, open } = gatedLoad()
    const options: WarmerOptions = { lease: false, jobs: [{ keys: ['key'], load }] }
    const runs = [member(prefix), member(prefix)].map((cache) => warmerFor(cache, options).run())
    await until(() => expect(load).toHaveBeenCalledTimes(2))
    open()

    expect((await Promise.all(runs)).map(({ outcome }) => outcome)).toEqual(['done', 'done'])
  })

  it('loads into Redis what one process holds in memory alone', async () => {
    const prefix = newPrefix()
    const cache = member(prefix)
    await cache.set('key', 'mine', { skipRemote: true })

    await warmerFor(cache, { jobs: [{ keys: ['key'], load: () => 'ours' }] }).run()

    const other = createCache({ remote: redisStore(redis.url, { prefix }), serializer: msgpack() })
    onTestFinished(() => other.close())
    expect(await other.get('key')).toBe('ours')
  })

  it('never lets a load that began before an invalidation put its value back', async () => {
    const prefix = newPrefix()
    const { load, open } = gatedLoad()
    const warmer = warmerFor(member(prefix), { jobs: [{ keys: ['key'], load, tags: ['all'] }] })
    const run = warmer.run()
    await until(() => expect(load).toHaveBeenCalled())
    const other = member(prefix)

    await until(async () => expect(await other.invalidateTags('all')).toMatchObject({ reached: 'all' }))
    open()
    await run

    expect(await other.get('key')).toBeUndefined()
  })
})
