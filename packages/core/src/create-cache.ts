import type { Cache, CacheDescription, NamespaceOptions } from './cache.ts'
import { systemClock } from './clock.ts'
import type { Clock, Journalled, MemoryStore, RemoteStore, Serializer } from './contracts.ts'
import { parseDuration, show, type Duration } from './duration.ts'
import { InvalidOptionError } from './errors.ts'
import { Events } from './events.ts'
import { Flight } from './flight.ts'
import { Journal } from './journal.ts'
import { json } from './json.ts'
import { listen } from './listen.ts'
import { LoadGate } from './load-gate.ts'
import { defaultPolicy, mergePolicy, parseCount } from './options.ts'
import { Remote } from './remote.ts'
import { Scope } from './scope.ts'
import type { SharedStats } from './stats.ts'
import { Tiers } from './tiers.ts'
import { View } from './view.ts'

/** What a cache is made of, and the defaults of its calls. */
export interface CacheOptions<V = unknown> extends NamespaceOptions<V> {
  /** A label in metrics and messages. It separates nothing: what separates caches in Redis is the store's prefix. @default 'cache' */
  readonly name?: string
  /** The memory tier. @default undefined: every read goes to the remote store */
  readonly memory?: MemoryStore | undefined
  /** The remote tier. @default undefined: memory alone */
  readonly remote?: RemoteStore | undefined
  /** Makes bytes for the remote tier, and copies for `isolation: 'clone'`. @default json() */
  readonly serializer?: Serializer
  /** How long one operation may wait for the remote store, all its round trips together. @default '100ms' */
  readonly remoteTimeout?: Duration
  /** How memory copies stay coherent with other processes. */
  readonly coherence?: {
    /** How long memory may be believed without contact to the remote store. @default '30s' */
    readonly maxStaleness?: Duration
    /** How often contact is proven; at most a third of `maxStaleness`. @default '3s' */
    readonly heartbeat?: Duration
  }
  /** The limit on loads at once, for the database's sake. */
  readonly loads?: {
    /** @default 64 */
    readonly maxConcurrent?: number
    /** Loads that wait for a place; more are rejected with `LoadRejectedError`, or served stale. @default 1_000 */
    readonly maxQueued?: number
  }
  /** The largest value written to the remote store, in bytes. @default 16 MB */
  readonly maxValueBytes?: number
  /** How many invalidations are remembered while the remote store is away; more become one that ends everything. @default 10_000 */
  readonly journalEntries?: number
  /** How many tags are told apart in memory; entries of forgotten ones are dropped. @default 100_000 */
  readonly maxTags?: number
  /** Given the promise of work that goes on behind an answer, for platforms that stop a process after it. */
  readonly waitUntil?: (promise: Promise<unknown>) => void
  /** @default the system's */
  readonly clock?: Clock
  /** Numbers from 0 to 1 for jitter. @default Math.random */
  readonly random?: () => number
}

const ownOptions: readonly (keyof CacheOptions)[] = [
  'name',
  'memory',
  'remote',
  'serializer',
  'remoteTimeout',
  'coherence',
  'loads',
  'maxValueBytes',
  'journalEntries',
  'maxTags',
  'waitUntil',
  'clock',
  'random',
]

/**
 * Makes a cache. It opens nothing by itself: a remote store connects when it is first needed or told to listen.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function createCache<V = unknown>(options: CacheOptions<V> = {}): Cache<V> {
  const policy = mergePolicy(defaultPolicy, options, ownOptions)
  const name = options.name ?? 'cache'
  if (typeof name !== 'string' || name === '')
    throw new InvalidOptionError(`Expected \`name\` to be a non-empty string, got ${show(name)}.`)
  const { maxStalenessMs, heartbeatMs } = parseCoherence(options.coherence)
  const clock = options.clock ?? systemClock
  const events = new Events(name)
  const journal = new Journal(parseCount('journalEntries', options.journalEntries ?? 10_000))
  const remote = makeRemote()
  const tiers = new Tiers({
    name,
    clock,
    memory: checkStore('memory', options.memory, ['get', 'set', 'delete', 'clear', 'keys']),
    remote,
    serializer: options.serializer ?? json(),
    journal,
    gate: new LoadGate(
      parseCount('loads.maxConcurrent', options.loads?.maxConcurrent ?? 64),
      options.loads?.maxQueued === 0 ? 0 : parseCount('loads.maxQueued', options.loads?.maxQueued ?? 1_000),
    ),
    events,
    maxStalenessMs,
    maxValueBytes: parseCount('maxValueBytes', options.maxValueBytes ?? 16 * 1024 * 1024),
    maxTags: parseCount('maxTags', options.maxTags ?? 100_000),
    waitUntil: options.waitUntil,
    random: options.random ?? Math.random,
  })
  if (options.memory !== undefined) {
    options.memory.onEvict = (key, reason) => {
      tiers.evictions++
      if (events.isHeard('evicted')) events.emit('evicted', { key, reason })
    }
  }
  return new OpenCache(tiers, new Scope(tiers, '', policy), listen(tiers, heartbeatMs))

  function makeRemote(): Remote | undefined {
    const store = checkStore('remote', options.remote, ['getMany', 'setMany', 'deleteMany', 'close'])
    if (store === undefined) return undefined
    const timeoutMs = parseDuration('remoteTimeout', options.remoteTimeout ?? '100ms')
    const failed = (operation: string, cause: unknown): void => {
      tiers.remoteErrors++
      events.emit('remoteError', { operation, cause })
    }
    const repaired = (journalled: Journalled): void =>
      events.emit('repaired', {
        keys: journalled.keys.length,
        tags: journalled.tags.length,
        all: journalled.all,
      })
    return new Remote(store, { clock, timeoutMs, journal, failed, repaired })
  }
}

class OpenCache extends View implements Cache {
  readonly #tiers: Tiers
  readonly #unlisten: () => void
  #closing: Promise<void> | undefined

  constructor(tiers: Tiers, scope: Scope, unlisten: () => void) {
    super(scope, { name: tiers.parts.name, shared: () => sharedStats(tiers) })
    this.#tiers = tiers
    this.#unlisten = unlisten
  }

  get name(): string {
    return this.#tiers.parts.name
  }

  on: Cache['on'] = (event, listener) => this.#tiers.parts.events.on(event, listener)

  describe(): CacheDescription {
    const { name, memory, remote } = this.#tiers.parts
    const description = remote?.describe()
    const limits = [...(description?.limits ?? [])]
    if (remote === undefined) limits.push('Without a remote store, other processes hear of nothing.')
    return { name, memory: memory !== undefined, remote: description, limits }
  }

  async ping(): Promise<number | undefined> {
    return this.#tiers.parts.remote?.ping()
  }

  async close(options?: { readonly drain?: Duration }): Promise<void> {
    const drainMs = options?.drain === undefined ? 0 : parseDuration('drain', options.drain)
    this.#closing ??= this.#close(drainMs)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(drainMs: number): Promise<void> {
    const tiers = this.#tiers
    const { remote, clock, memory, events } = tiers.parts
    if (drainMs > 0) await settledWithin(clock, drainMs, [...tiers.background, ...tiers.writes])
    tiers.isClosed = true
    for (const flight of tiers.flights.values()) if (flight instanceof Flight) flight.close()
    if (remote !== undefined) {
      // One deadline for all of it: what is on its way is waited for, and then the store.
      const deadlineAt = remote.deadline()
      await settledWithin(clock, remote.timeoutMs, [...tiers.background, ...tiers.writes])
      this.#unlisten()
      await remote.close(deadlineAt)
    }
    tiers.deadlines.close()
    if (memory !== undefined) {
      memory.onEvict = undefined
      memory.clear()
    }
    events.clear()
  }
}

function sharedStats(tiers: Tiers): SharedStats {
  const { memory, remote, gate, journal } = tiers.parts
  return {
    memoryEntries: memory?.size ?? 0,
    memoryBytes: memory?.bytes,
    memoryMaxBytes: memory?.maxBytes,
    memoryMaxEntries: memory?.maxEntries,
    fallbackEntries: tiers.countFallback(),
    evictions: tiers.evictions,
    loadsRunning: gate.running,
    loadsQueued: gate.queued,
    remoteErrors: tiers.remoteErrors,
    heard: tiers.heard,
    journalEntries: journal.size,
    gaps: tiers.gaps,
    remote: remote?.describe(),
  }
}

function parseCoherence(coherence: CacheOptions['coherence']): { maxStalenessMs: number; heartbeatMs: number } {
  const maxStalenessMs = parseDuration('coherence.maxStaleness', coherence?.maxStaleness ?? '30s')
  const heartbeatMs =
    coherence?.heartbeat === undefined
      ? Math.min(3_000, maxStalenessMs / 3)
      : parseDuration('coherence.heartbeat', coherence.heartbeat)
  if (heartbeatMs > 0 && heartbeatMs * 3 <= maxStalenessMs) return { maxStalenessMs, heartbeatMs }
  throw new InvalidOptionError(
    `Expected \`coherence.heartbeat\` to be above 0 and at most a third of \`coherence.maxStaleness\`, got ${heartbeatMs} ms and ${maxStalenessMs} ms.`,
  )
}

function checkStore<S extends object>(
  name: string,
  store: S | undefined,
  methods: readonly (keyof S & string)[],
): S | undefined {
  if (store === undefined) return undefined
  const missing =
    typeof store === 'object' && store !== null
      ? methods.filter((method) => typeof store[method] !== 'function')
      : methods
  if (missing.length === 0) return store
  throw new InvalidOptionError(
    `Expected \`${name}\` to be a store, but it lacks ${missing.map((method) => `${method}()`).join(', ')}.`,
  )
}

/** Resolves when all have settled, or the time is over. */
function settledWithin(clock: Clock, ms: number, promises: Iterable<Promise<unknown>>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(resolve, ms)
    void Promise.allSettled(promises).then(() => {
      clock.clearTimer(timer)
      resolve()
    })
  })
}
