import { fakeClock, type FakeClock } from '@holdfast/testing'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { Cache } from '../../src/cache.ts'
import type { CacheOptions } from '../../src/cache-options.ts'
import { createCache } from '../../src/create-cache.ts'
import { Tiers } from '../../src/tiers.ts'
import { bareStore, type BareStore } from './bare-store.ts'
import { countReads, type ReadCount } from './count-reads.ts'
import { mapStore, type MapStore } from '@holdfast/testing/simulation'
import { Server } from './server.ts'
import { ServerStore } from './server-store.ts'

/** A cache with a memory tier, as a test has it. */
export interface Opened {
  readonly cache: Cache
  readonly memory: MapStore
}

/** What every test begins with: a clock, a server, and caches that are closed and looked over when it ends. */
export interface Stage {
  readonly clock: FakeClock
  readonly server: Server
  /** A cache with memory alone, unless the options say otherwise. */
  open(options?: CacheOptions): Opened
  /** A process of its own on the server that all share. */
  connect(options?: CacheOptions): Opened & { readonly store: ServerStore }
  /** A cache on a store with the four required methods. */
  openBare(options?: CacheOptions, store?: BareStore): Opened & { readonly store: BareStore }
  /** Everything runs that waits for nothing but itself. */
  settle(): Promise<void>
}

/**
 * Sets a stage anew for each test of the file. After each: the counters add up, and when the caches are closed no load, read or
 * mark is left, and no timer.
 */
export function setStage(): Stage {
  let clock: FakeClock
  let server: Server
  let opened: { cache: Cache; count: ReadCount }[] = []
  // Whatever may store something marks its key first: this is how the tiers of every cache are known.
  const begun = vi.spyOn(Tiers.prototype, 'begin')

  beforeEach(() => {
    clock = fakeClock()
    server = new Server(() => clock.now())
    opened = []
    begun.mockClear()
  })

  afterEach(async () => {
    await clock.advance(0)
    for (const { cache, count } of opened) {
      const { hits, misses } = cache.stats()
      if (count.refused === 0) expect(hits + misses, 'hits + misses = keys read').toBe(count.keys)
    }
    const closed = Promise.all(opened.map(({ cache }) => cache.close()))
    await clock.advance(1_000)
    await closed
    for (const { marks, flights, reads, background, writes } of new Set(begun.mock.contexts as Tiers[])) {
      const left = [marks.size, flights.size, reads.size, background.size, writes.size]
      expect(left, 'marks, flights, reads, background work, writes').toEqual([0, 0, 0, 0, 0])
    }
    expect(clock.pendingTimers, 'timers').toBe(0)
  })

  const open = <M extends Opened>(options: CacheOptions, rest: Omit<M, 'cache'>): M => {
    const count = { keys: 0, refused: 0, isClosed: false }
    const cache = countReads(createCache({ clock, ...options }), count)
    opened.push({ cache, count })
    return { cache, ...rest } as M
  }

  return {
    get clock() {
      return clock
    },
    get server() {
      return server
    },
    open(options = {}) {
      const memory = mapStore()
      return open({ memory, ...options }, { memory })
    },
    connect(options = {}) {
      const memory = mapStore()
      const store = new ServerStore(server, clock)
      return open({ memory, remote: store, ...options }, { memory, store })
    },
    openBare(options = {}, store = bareStore()) {
      const memory = mapStore()
      return open({ memory, remote: store, ...options }, { memory, store })
    },
    settle: () => clock.advance(0),
  }
}
