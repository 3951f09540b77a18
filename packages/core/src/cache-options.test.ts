import { fakeClock } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { mapStore } from '@holdfast/testing/simulation'
import { cacheOptionNames, parseCacheOptions, type CacheOptions } from './cache-options.ts'
import { systemClock } from './clock.ts'
import { InvalidOptionError } from './errors.ts'
import { json } from './json.ts'
import { defaultPolicy } from './options.ts'

const remote = { getMany: async () => [], setMany: async () => [], deleteMany: async () => {}, close: async () => {} }

describe('parseCacheOptions', () => {
  it('knows what holds where nothing is said', () => {
    expect(parseCacheOptions({})).toMatchObject({
      name: 'cache',
      memory: undefined,
      remote: undefined,
      remoteTimeoutMs: 100,
      maxStalenessMs: 30_000,
      heartbeatMs: 3_000,
      maxConcurrent: 64,
      maxQueued: 1_000,
      maxValueBytes: 16 * 1024 * 1024,
      journal: { maxEntries: 10_000, maxBytes: 4 * 1024 * 1024, file: undefined },
      maxTags: 100_000,
      waitUntil: undefined,
      clock: systemClock,
      random: Math.random,
      policy: defaultPolicy,
    })
    expect(parseCacheOptions({}).serializer.name).toBe(json().name)
    expect(defaultPolicy).toMatchObject({ ttlMs: 60_000, graceMs: 0, jitter: 0, timeoutMs: 30_000 })
  })

  it('parses every option', () => {
    const options: CacheOptions = {
      name: 'shop',
      memory: mapStore(),
      remote,
      serializer: json(),
      remoteTimeout: '50ms',
      coherence: { maxStaleness: '9s', heartbeat: '1s' },
      loads: { maxConcurrent: 2, maxQueued: 0 },
      maxValueBytes: '1mb',
      journal: { maxEntries: 5, maxBytes: '1kb', file: '/tmp/journal' },
      maxTags: 6,
      waitUntil: () => {},
      clock: fakeClock(),
      random: () => 0,
      ttl: '5s',
    }

    expect(parseCacheOptions(options)).toMatchObject({
      name: 'shop',
      memory: options.memory,
      remote,
      serializer: options.serializer,
      remoteTimeoutMs: 50,
      maxStalenessMs: 9_000,
      heartbeatMs: 1_000,
      maxConcurrent: 2,
      maxQueued: 0,
      maxValueBytes: 1_048_576,
      journal: { maxEntries: 5, maxBytes: 1_024, file: '/tmp/journal' },
      maxTags: 6,
      waitUntil: options.waitUntil,
      clock: options.clock,
      random: options.random,
      policy: { ttlMs: 5_000 },
    })
    const { ttl, ...own } = options
    expect(ttl).toBe('5s')
    expect(Object.keys(own).sort()).toEqual([...cacheOptionNames].sort())
  })

  it('beats three times within a short maxStaleness', () => {
    expect(parseCacheOptions({ coherence: { maxStaleness: '3s' } }).heartbeatMs).toBe(1_000)
    expect(parseCacheOptions({ coherence: { maxStaleness: '1h' } }).heartbeatMs).toBe(3_000)
  })

  it.each<[object, RegExp]>([
    [{ nome: 'shop' }, /Unknown option `nome`.*heartbeat|Unknown option `nome`/],
    [{ signal: new AbortController().signal }, /Unknown option `signal`/],
    [{ force: true }, /Unknown option `force`/],
    [{ ttl: 60 }, /`ttl` to be a duration/],
    [{ name: '' }, /`name` to be a non-empty string, got ""/],
    [{ name: 5 }, /`name` to be a non-empty string, got 5/],
    [{ memory: 'map' }, /`memory` to be an object with its methods, got "map"/],
    [{ memory: null }, /`memory` to be an object with its methods, got null/],
    [{ memory: {} }, /`memory` to have get\(\), set\(\), delete\(\), clear\(\), keys\(\)\./],
    [{ remote: { getMany() {}, close() {} } }, /`remote` to have setMany\(\), deleteMany\(\)\./],
    [{ remote: 'redis://me:pw@localhost' }, /got "redis:\/\/…@localhost"\. Write `redisStore\(url\)` or `redisStore\(/],
    [{ remote: { get() {}, set() {} } }, /`remote` to have getMany\(\), .*\. Write `redisStore\(url\)`/],
    [
      { redis: 'redis://localhost' },
      /^Unknown option `redis` of a cache\. It is `remote: redisStore\('redis:\/\/…'\)` here\.$/,
    ],
    [
      { prefix: 'shop:' },
      /`prefix` of a cache\. It is an option of the remote store: `remote: redisStore\(url, \{ … \}\)`\.$/,
    ],
    [
      { maxEntries: 5 },
      /`maxEntries` of a cache\. It is an option of the memory tier: `memory: memoryStore\(\{ … \}\)`\.$/,
    ],
    [['ttl'], /Expected options to be an object, got an array/],
    [{ serializer: JSON }, /`serializer` to have serialize\(\), deserialize\(\)\./],
    [{ serializer: { serialize() {}, deserialize() {} } }, /`serializer.name` to be a non-empty string, got undefined/],
    [{ remoteTimeout: 100 }, /`remoteTimeout` to be a duration/],
    [
      { coherence: { maxStalenes: '1s' } },
      /Unknown option `maxStalenes`\. Did you mean `maxStaleness`\? Known ones: maxStaleness, heartbeat\./,
    ],
    [{ coherence: 5 }, /Expected coherence to be an object, got 5/],
    [{ coherence: { maxStaleness: 5 } }, /`coherence.maxStaleness` to be a duration/],
    [{ coherence: { heartbeat: '11s' } }, /at most a third of `coherence.maxStaleness`, got 11000 ms and 30000 ms/],
    [{ coherence: { heartbeat: '0ms' } }, /`coherence.heartbeat` to be above 0/],
    [{ coherence: { maxStaleness: '0ms' } }, /`coherence.heartbeat` to be above 0/],
    [
      { loads: { max: 5 } },
      /Unknown option `max`\. Did you mean `maxConcurrent`\? Known ones: maxConcurrent, maxQueued\./,
    ],
    [{ loads: { maxConcurrent: 0 } }, /`loads.maxConcurrent` to be a whole number of at least 1, got 0/],
    [{ loads: { maxQueued: -1 } }, /`loads.maxQueued` to be a whole number of at least 1, got -1/],
    [{ maxValueBytes: '16 mb' }, /`maxValueBytes`/],
    [{ journal: { maxEntries: 0 } }, /`journal.maxEntries` to be a whole number of at least 1, got 0/],
    [{ journal: { file: '' } }, /`journal.file` to be the path of a file/],
    [{ journal: { path: 'x' } as never }, /path/],
    [{ maxTags: 1.5 }, /`maxTags` to be a whole number of at least 1, got 1.5/],
    [{ waitUntil: true }, /`waitUntil` to be a function, got true/],
    [{ clock: Date }, /`clock` to be an object with its methods, got a function/],
    [{ clock: { now: () => 0 } }, /`clock` to have setTimer\(\), clearTimer\(\), afterInput\(\)\./],
    [{ random: 0.5 }, /`random` to be a function, got 0.5/],
  ])('refuses %o', (options, message) => {
    expect(() => parseCacheOptions(options)).toThrow(InvalidOptionError)
    expect(() => parseCacheOptions(options)).toThrow(message)
  })

  it('takes undefined as absent', () => {
    const names = [...cacheOptionNames, 'ttl', 'grace', 'redis']
    const absent = Object.fromEntries(names.map((name) => [name, undefined]))

    expect(parseCacheOptions(absent)).toMatchObject({ name: 'cache', remoteTimeoutMs: 100, policy: defaultPolicy })
    expect(() => parseCacheOptions(null as never)).toThrow(/Expected options to be an object, got null/)
  })
})
