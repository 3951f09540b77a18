import { fakeClock, type FakeClock } from '@holdfast/testing'
import type { Cache } from '../../src/cache.ts'
import { createCache } from '../../src/create-cache.ts'
import { mapStore, type MapStore } from '@holdfast/testing/simulation'
import { Server } from '../world/server.ts'
import { ServerStore } from '../world/server-store.ts'
import { Freshness, type Version } from './freshness.ts'

const maxStalenessMs = 900
export const keys: readonly string[] = ['a', 'b']

interface Process {
  readonly cache: Cache
  readonly memory: MapStore
  readonly store: ServerStore
}

/** Two caches on one server, and what they may be given. */
export class Pair {
  readonly clock: FakeClock = fakeClock()
  readonly freshness = new Freshness(maxStalenessMs)
  readonly server = new Server(() => this.clock.now())
  readonly processes: readonly Process[] = [this.#open(), this.#open()]
  #reads = [0, 0]

  #open(): Process {
    const memory = mapStore()
    const store = new ServerStore(this.server, this.clock)
    const coherence = { maxStaleness: `${maxStalenessMs}ms`, heartbeat: '300ms' } as const
    return { memory, store, cache: createCache({ memory, remote: store, clock: this.clock, ttl: '5s', coherence }) }
  }

  async read(index: number, key: string, how: Reading): Promise<void> {
    const { cache } = this.processes[index]!
    const floor = this.freshness.floor(index, key)
    const load = (): Version => ({ key, version: this.freshness.version(key) })
    const tags = (row: Version): readonly string[] => [row.key, 'all']
    const options = {
      tags: how.areTagsDynamic ? tags : [key, 'all'],
      grace: '5s',
      softTimeout: how.softTimeout,
    } as const
    this.#reads[index]!++
    const row = how.isGet
      ? await cache.get<Version>(key, { stale: how.softTimeout !== undefined })
      : await cache.getOrSet<Version>(key, load, { ...options, force: how.isForced })
    await this.clock.advance(0)
    if (row !== undefined && row.version < floor)
      throw new Error(`${index} was given ${key} ${row.version}, and not at least ${floor}, by ${JSON.stringify(how)}`)
  }

  async write(
    index: number,
    key: string,
    how: 'delete' | 'tag' | 'all' | 'clear' | 'matching' | 'update',
  ): Promise<void> {
    const { cache } = this.processes[index]!
    const isWide = how === 'all' || how === 'clear' || how === 'matching'
    let written: readonly Version[] = []
    const make = (): Version => {
      written = this.freshness.write(isWide ? keys : [key])
      return written[0]!
    }
    if (how !== 'update') make()
    const { queued } = await {
      delete: () => cache.delete(key),
      tag: () => cache.invalidateTags(key),
      all: () => cache.invalidateTags('all'),
      clear: () => cache.clear(),
      matching: () => cache.invalidateMatching('?'),
      update: () => cache.update(key, make, { tags: [key, 'all'] }),
    }[how]()
    this.freshness.invalidated(index, written, queued)
    await this.clock.advance(0)
  }

  async cut(index: number): Promise<void> {
    this.processes[index]!.store.cut()
    this.freshness.isCut[index] = true
  }

  async mend(index: number): Promise<void> {
    await this.processes[index]!.store.mend()
    await this.clock.advance(0)
    this.freshness.mended(index)
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms)
    this.freshness.now += ms
  }

  async close(): Promise<void> {
    for (const index of [0, 1]) await this.mend(index)
    for (const [index, { cache }] of this.processes.entries()) {
      for (const key of keys) await this.read(index, key, {})
      const { hits, misses } = cache.stats()
      if (hits + misses !== this.#reads[index]) throw new Error(`${hits} + ${misses} is not ${this.#reads[index]}`)
      await cache.close()
    }
    if (this.clock.pendingTimers > 0) throw new Error(`${this.clock.pendingTimers} timers are left`)
  }
}

/** How a key is read. */
export interface Reading {
  readonly isGet?: boolean
  readonly isForced?: boolean
  readonly areTagsDynamic?: boolean
  readonly softTimeout?: '0ms' | undefined
}
