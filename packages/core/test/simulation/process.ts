import type { Cache, Namespace } from '../../src/cache.ts'
import type { Duration } from '../../src/duration.ts'
import type { Written } from '../../src/invalidate.ts'
import type { LoadContext } from '../../src/loader.ts'
import type { ReadOptions } from '../../src/options.ts'
import { mapStore, type MapStore } from '@holdfast/testing/simulation'
import { ServerStore } from '../world/server-store.ts'
import type { Row } from './database.ts'
import { lag } from './lag.ts'
import { heartbeatMs, maxStalenessMs, remoteTimeoutMs } from './settings.ts'
import type { Subject, World } from './world.ts'

const tagsOf = (key: string): readonly string[] => (key === 'c' ? ['all'] : ['all', 'some'])

/** One process of a world: a cache of its own on the shared server, and what it does with it. */
export class Process {
  readonly store: ServerStore
  readonly #index: number
  readonly #world: World
  readonly #memory: MapStore
  readonly #cache: Cache
  readonly #view: Namespace<Row>
  #reads = 0

  constructor(index: number, world: World, { createCache, makeStore }: Subject) {
    const { clock, random, settings, server } = world
    this.#index = index
    this.#world = world
    this.#memory = mapStore(settings.isMemorySmall ? 1 : undefined)
    this.store = makeStore?.(server, clock) ?? new ServerStore(server, clock)
    lag(this.store.wire, clock, random, settings)
    this.#cache = createCache({
      memory: this.#memory,
      remote: this.store,
      clock,
      random,
      ttl: ms(settings.ttlMs),
      grace: ms(settings.graceMs),
      remoteTimeout: ms(remoteTimeoutMs),
      coherence: { maxStaleness: ms(maxStalenessMs), heartbeat: ms(heartbeatMs) },
    })
    const say = (what: string): void => world.say(`${index} ${what}`)
    this.#cache.on('load', ({ key, durationMs }) => say(`loaded ${key} in ${durationMs}`))
    this.#cache.on('invalidated', ({ what, origin }) => say(`${origin} invalidation ${JSON.stringify(what)}`))
    this.#cache.on('remoteError', ({ operation, cause }) => say(`${operation} failed: ${String(cause)}`))
    this.#cache.on('gap', () => say('gap'))
    this.#view = settings.hasNamespace ? this.#cache.namespace<Row>('rows') : this.#cache
  }

  /** Makes all its calls, each at its instant, and waits for them. */
  async live(): Promise<void> {
    const { random, settings, clock } = this.#world
    const calls = Array.from({ length: settings.calls }, async () => {
      await clock.after(random.between(0, settings.spanMs))
      const dice = random()
      if (dice < 0.6) await this.#read()
      else if (dice < 0.9 || !settings.hasFaults) await this.#write()
      else await this.#suffer()
    })
    await Promise.all(calls)
  }

  /** At rest, everything this process can be given is what the database has. */
  async expectRest(): Promise<void> {
    const { database, oracle, settings } = this.#world
    for (const key of settings.keys) {
      oracle.expectEqual(this.#index, await this.#view.get(key), database.version(key), 'get')
      const load = async (): Promise<Row> => (await database.read([key]))[0]!
      oracle.expectEqual(this.#index, await this.#view.getOrSet(key, load), database.version(key), 'getOrSet')
      this.#reads += 2
    }
  }

  async close(): Promise<void> {
    const { hits, misses } = this.#view.stats()
    if (hits + misses !== this.#reads)
      this.#world.oracle.violations.push({ kind: 'counters', what: `${hits} + ${misses} is not ${this.#reads}` })
    await this.#cache.close()
  }

  readonly #load = async (context: LoadContext): Promise<Row> => {
    const { database, random, settings } = this.#world
    const [row] = await database.read([context.key])
    if (settings.hasFaults && random.chance(0.1)) throw new Error('the database failed')
    if (settings.tagsFrom === 'loader') context.tags(tagsOf(context.key))
    return row!
  }

  #options(): ReadOptions<Row> {
    const { random, settings } = this.#world
    return {
      ...(settings.tagsFrom === 'options' ? { tags: ['all'] } : {}),
      ...(settings.tagsFrom === 'value' ? { tags: (row: Row) => tagsOf(row.key) } : {}),
      ...(random.chance(settings.patience) ? { softTimeout: '0ms' } : {}),
      ...(random.chance(0.2) ? { refreshAhead: 0.1 } : {}),
      ...(random.chance(0.1) ? { force: true } : {}),
      ...(random.chance(0.1) ? { skipMemory: true } : {}),
      ...(random.chance(0.1) ? { signal: new AbortController().signal } : {}),
      ...(random.chance(0.1) ? { timeout: ms(random.between(5, 60)) } : {}),
    }
  }

  async #read(): Promise<void> {
    const { random, settings, oracle, database } = this.#world
    const key = random.pick(settings.keys)
    const how = random.pick(['get', 'getOrSet', 'getOrSet', 'getOrSet', 'lookup', 'getMany', 'getOrSetMany'])
    const keys = how.endsWith('Many') ? settings.keys : [key]
    this.#reads += keys.length
    const options = this.#options()
    this.#world.say(`${this.#index} ${how} ${keys.join()} begins, ${JSON.stringify(options)}`)
    const judged = oracle.begin(this.#index, keys, how)
    const judge = (rows: Iterable<Row | undefined>): void => {
      const given = [...rows]
      this.#world.say(`${this.#index} ${how} gave ${JSON.stringify(given)}`)
      judged(given)
    }
    try {
      if (how === 'get') judge([await this.#view.get(key)])
      else if (how === 'getOrSet') judge([await this.#view.getOrSet(key, this.#load, options)])
      else if (how === 'lookup') judge(await this.#lookup(key))
      else if (how === 'getMany') judge((await this.#view.getMany(keys)).values())
      else {
        const load = async (missing: readonly string[]): Promise<Map<string, Row>> =>
          new Map((await database.read(missing)).map((row) => [row.key, row]))
        // A loader of many has no context of each key to name its tags in.
        const { tags = settings.tagsFrom === 'loader' ? (row: Row) => tagsOf(row.key) : [], ...rest } = options
        judge((await this.#view.getOrSetMany(keys, load, { ...rest, tags })).values())
      }
    } catch (error) {
      if (!(error instanceof Error) || !/the database failed|took longer/.test(error.message)) throw error
    }
  }

  /** What is stale may have been expired, and is not judged then. */
  async #lookup(key: string): Promise<Row[]> {
    const found = await this.#view.lookup(key)
    return found === undefined || (found.isStale && this.#world.settings.hasExpiry) ? [] : [found.value]
  }

  async #write(): Promise<void> {
    const { random, settings, oracle, database } = this.#world
    const key = random.pick(settings.keys)
    const expiry = settings.hasExpiry ? 'expire' : 'delete'
    const how = random.pick(['delete', expiry, 'tag', 'tag', 'update', 'matching', 'clear'])
    if (how === 'update') {
      const make = async (): Promise<Row> => (await database.write([key]))[0]!
      const tags = settings.tagsFrom === 'options' ? ['all'] : (row: Row) => tagsOf(row.key)
      this.#world.say(`${this.#index} updates ${key}`)
      const updated = await this.#view.update(key, make, { tags })
      this.#world.say(`${this.#index} updated ${JSON.stringify(updated)}`)
      return oracle.acknowledged(this.#index, [updated.value], updated.reached === 'all')
    }
    const isWide = how === 'tag' || how === 'matching' || how === 'clear'
    const rows = await database.write(isWide ? settings.keys : [key])
    this.#world.say(`${this.#index} wrote ${JSON.stringify(rows)} and invalidates by ${how}`)
    const { reached } = await this.#invalidate(how, key)
    this.#world.say(`${this.#index} invalidated ${JSON.stringify(rows)} by ${how}: ${reached}`)
    // What is expired may still be served within grace.
    if (how !== 'expire' || settings.graceMs === 0) oracle.acknowledged(this.#index, rows, reached === 'all')
  }

  #invalidate(how: string, key: string): Promise<Written> {
    const { random } = this.#world
    if (how === 'tag') return this.#view.invalidateTags('all')
    if (how === 'matching') return this.#view.invalidateMatching(random.pick(['*', '?']))
    if (how === 'clear') return this.#view.clear()
    return how === 'expire' ? this.#view.expire(key) : this.#view.delete(key)
  }

  /** Something happens to it. */
  async #suffer(): Promise<void> {
    const { random, settings, server, clock } = this.#world
    const key = random.pick(settings.keys)
    const fault = random.pick(['cut', 'evict', 'forget', 'flush', 'memory', 'fail'] as const)
    this.#world.say(`${this.#index} suffers ${fault}`)
    if (fault === 'cut') {
      this.store.cut()
      await clock.after(random.between(1, 120))
      await this.store.mend()
    } else if (fault === 'evict') server.evict({ key: random.pick([...server.slots.keys(), key]) })
    else if (fault === 'forget') server.evict({ tag: random.pick(tagsOf(key)) })
    else if (fault === 'flush') server.flush()
    else if (fault === 'memory') this.#memory.evict(random.pick([...this.#memory.keys(), key]))
    else {
      const operation = random.pick([
        'getMany',
        'deleteMany',
        'fill',
        'lease',
        'settle',
        'invalidateTags',
        'clear',
      ] as const)
      this.store.wire.failNext(operation, new Error('refused'))
    }
  }
}

function ms(length: number): Duration {
  return `${length}ms`
}
