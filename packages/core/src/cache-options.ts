import { parseByteSize, type ByteSize } from './byte-size.ts'
import type { NamespaceOptions } from './cache.ts'
import { systemClock } from './clock.ts'
import type { Clock, MemoryStore, RemoteStore, Serializer } from './contracts.ts'
import { parseDuration, show, type Duration } from './duration.ts'
import { InvalidOptionError } from './errors.ts'
import type { JournalBounds } from './journal.ts'
import { json } from './json.ts'
import { checkMethods } from './methods.ts'
import { checkNames, checkObject } from './option-names.ts'
import { defaultPolicy, mergePolicy, parseCount, perCall, type Policy } from './options.ts'

/** What a cache is made of, and the defaults of its calls. */
export interface CacheOptions<V = unknown> extends NamespaceOptions<V> {
  /** A label in metrics and messages. It separates nothing: what separates caches in Redis is the store's prefix. @default 'cache' */
  readonly name?: string | undefined
  /** The memory tier. @default undefined: every read goes to the remote store */
  readonly memory?: MemoryStore | undefined
  /** The remote tier. @default undefined: memory alone */
  readonly remote?: RemoteStore | undefined
  /** Makes bytes for the remote tier, and copies for `isolation: 'clone'`. @default json() */
  readonly serializer?: Serializer | undefined
  /** How long one operation may wait for the remote store, all its round trips together. @default '100ms' */
  readonly remoteTimeout?: Duration | undefined
  /** How memory copies stay coherent with other processes. */
  readonly coherence?:
    | {
        /** How long memory may be believed without contact to the remote store. @default '30s' */
        readonly maxStaleness?: Duration | undefined
        /** How often contact is proven; at most a third of `maxStaleness`. @default '3s' */
        readonly heartbeat?: Duration | undefined
      }
    | undefined
  /** The limit on loads at once, for the database's sake. */
  readonly loads?:
    | {
        /** @default 64 */
        readonly maxConcurrent?: number | undefined
        /** Loads that wait for a place; more are rejected with `LoadRejectedError`, or served stale. @default 1_000 */
        readonly maxQueued?: number | undefined
      }
    | undefined
  /** The largest value written to the remote store, in bytes. @default '16mb' */
  readonly maxValueBytes?: ByteSize | undefined
  /** What is remembered of invalidations while the remote store is away, each key and tag once; more become one that ends everything. */
  readonly journal?:
    | {
        /** @default 10_000 */
        readonly maxEntries?: number | undefined
        /** Estimated bytes in memory. @default '4mb' */
        readonly maxBytes?: ByteSize | undefined
        /**
         * A file that outlives this process: what is journalled when it ends is replayed by the next one that is given the file, before it
         * reads the remote store. One process at a time. A file that cannot be understood ends everything; one that cannot be
         * written is a warning.
         *
         * @default none: what is journalled ends with the process
         */
        readonly file?: string | undefined
      }
    | undefined
  /** How many tags are told apart in memory; entries of forgotten ones are dropped. @default 100_000 */
  readonly maxTags?: number | undefined
  /** Given the promise of work that goes on behind an answer, for platforms that stop a process after it. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** @default the system's */
  readonly clock?: Clock | undefined
  /** Numbers from 0 to 1 for jitter. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** The names of the options that only a whole cache has. */
export const cacheOptionNames: readonly (keyof CacheOptions)[] = [
  'name',
  'memory',
  'remote',
  'serializer',
  'remoteTimeout',
  'coherence',
  'loads',
  'maxValueBytes',
  'journal',
  'maxTags',
  'waitUntil',
  'clock',
  'random',
]

/** The options of a cache, parsed once, with what holds where nothing is said. Lengths in milliseconds. */
export interface ParsedCacheOptions {
  readonly name: string
  readonly memory: MemoryStore | undefined
  readonly remote: RemoteStore | undefined
  readonly serializer: Serializer
  readonly remoteTimeoutMs: number
  readonly maxStalenessMs: number
  readonly heartbeatMs: number
  readonly maxConcurrent: number
  readonly maxQueued: number
  readonly maxValueBytes: number
  readonly journal: JournalBounds & { readonly file: string | undefined }
  readonly maxTags: number
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly policy: Policy
}

/** @throws {InvalidOptionError} for an option that is unknown or cannot be used */
export function parseCacheOptions(options: CacheOptions<never>): ParsedCacheOptions {
  refuseMisplaced(options)
  const policy = mergePolicy(defaultPolicy, options, cacheOptionNames, perCall)
  const loads = options.loads ?? {}
  checkNames('loads', loads, ['maxConcurrent', 'maxQueued'])
  return {
    name: parseName(options.name ?? 'cache'),
    memory: parseObject('memory', options.memory, ['get', 'set', 'delete', 'clear', 'keys']),
    remote: parseObject('remote', options.remote, ['getMany', 'setMany', 'deleteMany', 'close']),
    serializer: parseSerializer(options.serializer ?? json()),
    remoteTimeoutMs: parseDuration('remoteTimeout', options.remoteTimeout ?? '100ms'),
    ...parseCoherence(options.coherence ?? {}),
    maxConcurrent: parseCount('loads.maxConcurrent', loads.maxConcurrent ?? 64),
    maxQueued: loads.maxQueued === 0 ? 0 : parseCount('loads.maxQueued', loads.maxQueued ?? 1_000),
    maxValueBytes: parseByteSize('maxValueBytes', options.maxValueBytes ?? '16mb'),
    journal: parseJournal(options.journal ?? {}),
    maxTags: parseCount('maxTags', options.maxTags ?? 100_000),
    waitUntil: parseFunction('waitUntil', options.waitUntil),
    clock: parseObject('clock', options.clock, ['now', 'setTimer', 'clearTimer', 'afterInput']) ?? systemClock,
    random: parseFunction('random', options.random) ?? Math.random,
    policy,
  }
}

function parseName(name: string): string {
  if (typeof name === 'string' && name !== '') return name
  throw new InvalidOptionError(`Expected \`name\` to be a non-empty string, got ${show(name)}.`)
}

function parseSerializer(serializer: Serializer): Serializer {
  checkMethods('serializer', serializer, ['serialize', 'deserialize'], hints.serializer)
  if (typeof serializer.name === 'string' && serializer.name !== '') return serializer
  throw new InvalidOptionError(
    `Expected \`serializer.name\` to be a non-empty string, got ${show(serializer.name)}: it names the format of the bytes.`,
  )
}

function parseCoherence(coherence: NonNullable<CacheOptions['coherence']>): {
  maxStalenessMs: number
  heartbeatMs: number
} {
  checkNames('coherence', coherence, ['maxStaleness', 'heartbeat'])
  const maxStalenessMs = parseDuration('coherence.maxStaleness', coherence.maxStaleness ?? '30s')
  const heartbeatMs =
    coherence.heartbeat === undefined
      ? Math.min(3_000, maxStalenessMs / 3)
      : parseDuration('coherence.heartbeat', coherence.heartbeat)
  if (heartbeatMs > 0 && heartbeatMs * 3 <= maxStalenessMs) return { maxStalenessMs, heartbeatMs }
  throw new InvalidOptionError(
    `Expected \`coherence.heartbeat\` to be above 0 and at most a third of \`coherence.maxStaleness\`, got ${heartbeatMs} ms and ${maxStalenessMs} ms.`,
  )
}

function parseJournal(journal: NonNullable<CacheOptions['journal']>): ParsedCacheOptions['journal'] {
  checkNames('journal', journal, ['maxEntries', 'maxBytes', 'file'])
  const { file } = journal
  if (file !== undefined && (typeof file !== 'string' || file === ''))
    throw new InvalidOptionError(`Expected \`journal.file\` to be the path of a file, got ${show(file)}.`)
  return {
    maxEntries: parseCount('journal.maxEntries', journal.maxEntries ?? 10_000),
    maxBytes: parseByteSize('journal.maxBytes', journal.maxBytes ?? '4mb'),
    file,
  }
}

function parseObject<S extends object>(
  name: keyof typeof hints,
  object: S | undefined,
  methods: readonly (keyof S & string)[],
): S | undefined {
  return object === undefined ? undefined : checkMethods(name, object, methods, hints[name])
}

const hints = {
  memory: "Write `memoryStore()`, from '@holdfast/memory'.",
  remote: "Write `redisStore(url)` or `redisStore(client)`, from '@holdfast/redis'.",
  serializer: "Write `json()`, or `msgpack()` from '@holdfast/msgpack'.",
  clock: 'It is for tests: `fakeClock()`, from `@holdfast/testing`.',
} as const

const ofRedisStore = 'an option of the remote store: `remote: redisStore(url, { … })`'
const ofMemoryStore = 'an option of the memory tier: `memory: memoryStore({ … })`'
const remoteItself = "`remote: redisStore('redis://…')` here"

/** What people give to the cache, and where it belongs. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ...['redis', 'redisUrl', 'url', 'host', 'client', 'store', 'stores'].map((name) => [name, remoteItself] as const),
  ...['prefix', 'keyPrefix', 'connections', 'onRestart'].map((name) => [name, ofRedisStore] as const),
  ...['max', 'maxEntries', 'maxBytes', 'maxKeys', 'maxSize'].map((name) => [name, ofMemoryStore] as const),
])

/** @throws {InvalidOptionError} for an option of something else, before it is called unknown */
function refuseMisplaced(options: CacheOptions<never>): void {
  checkObject('options', options)
  for (const [name, value] of Object.entries(options)) {
    const place = value === undefined ? undefined : elsewhere.get(name)
    if (place !== undefined) throw new InvalidOptionError(`Unknown option \`${name}\` of a cache. It is ${place}.`)
  }
}

function parseFunction<F>(name: string, value: F | undefined): F | undefined {
  if (value === undefined || typeof value === 'function') return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a function, got ${show(value)}.`)
}
