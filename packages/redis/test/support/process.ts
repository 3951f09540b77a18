import { setImmediate } from 'node:timers/promises'
import { createCache, type Cache, type CacheOptions, type MemoryStore, type RemoteState } from '@holdfast/core'
import { fakeClock, type FakeClock, type RedisServer } from '@holdfast/testing'
import { onTestFinished } from 'vitest'
import { randomIds } from '../../src/ids.ts'
import { ioredisConnector } from '../../src/ioredis-connector.ts'
import { parseOptions, type RedisStoreOptions } from '../../src/options.ts'
import { pooled } from '../../src/pooled-link.ts'
import { Store } from '../../src/store.ts'
import { mapStore } from '@holdfast/testing/simulation'
import { StagedConnector } from './staged-connector.ts'

/** A process of a test: a cache on a store whose connections the test controls, and a clock that only the test moves. */
export interface Process {
  readonly stage: StagedConnector
  readonly store: Store
  readonly cache: Cache
  readonly memory: MemoryStore
  readonly clock: FakeClock
  readonly states: RemoteState[]
  /** Resolves when it has heard of this from another process: a key, a tag, or everything. */
  heard(what: string): Promise<void>
  /** Loses its connections to a server that refuses new ones, until `heal`. */
  cutOff(): Promise<void>
  /** Lets connections be made again. */
  heal(): Promise<void>
  /** What it does behind an answer has been done. */
  settle(): Promise<void>
  /** Moves the clock on, and lets real connections do their work, until the store can be used. */
  ready(): Promise<void>
}

/** Opens a process, whose first session is open then. Closed with the test. */
export async function openProcess(
  server: RedisServer,
  options: Partial<CacheOptions> & { readonly store?: RedisStoreOptions } = {},
): Promise<Process> {
  const { store: storeOptions = {}, ...cacheOptions } = options
  const clock = fakeClock()
  const stage = new StagedConnector(ioredisConnector(server.url, 2_000))
  const store = new Store(pooled(stage, storeOptions.connections ?? 1), parseOptions(storeOptions), {
    clock,
    ids: randomIds(),
    random: () => 0.5,
  })
  const memory = mapStore()
  const cache = createCache({ memory, remote: store, clock, ttl: '1h', remoteTimeout: '10s', ...cacheOptions })
  const states: RemoteState[] = []
  cache.on('remoteState', ({ state }) => states.push(state))
  const heard = new Set<string>()
  cache.on('invalidated', ({ what, origin }) => {
    if (origin !== 'remote') return
    if (what.type === 'keys' || what.type === 'tags') for (const name of what.names) heard.add(name)
    else heard.add(what.type === 'pattern' ? what.pattern : 'everything')
  })
  onTestFinished(() => cache.close())
  const ready = (): Promise<void> =>
    until(async () => {
      await clock.advance(10)
      return store.describe().state === 'ready'
    })
  const process: Process = {
    stage,
    store,
    cache,
    memory,
    clock,
    states,
    heard: (what) => until(() => heard.has(what)),
    ready,
    cutOff: async () => {
      const id = await stage.clientId()
      stage.isRefusing = true
      await server.command('CLIENT', 'KILL', 'ID', id)
      await until(async () => {
        await clock.advance(10)
        return store.describe().state === 'away'
      })
    },
    heal: async () => {
      stage.isRefusing = false
      await ready()
    },
    settle: async () => {
      await setImmediate()
      await cache.ping()
      await setImmediate()
    },
  }
  await ready()
  return process
}

/** Looks until it holds; gives up after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 10_000; look++) {
    if (await holds()) return
    await new Promise((resolve) => {
      setTimeout(resolve, 1)
    })
  }
  throw new Error('What was waited for did not happen.')
}

/** A loader that the test lets go: it returns what the database had when it began. */
export function slowLoad<T>(value: T): {
  readonly load: () => Promise<T>
  readonly begun: Promise<void>
  finish(): void
  readonly calls: number
} {
  let calls = 0
  let begin!: () => void
  let finish!: () => void
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  return {
    begun,
    finish,
    get calls() {
      return calls
    },
    load: async () => {
      calls++
      begin()
      await finished
      return value
    },
  }
}
