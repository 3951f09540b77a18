import { createCache, type Cache, type Duration } from '@holdfast/core'
import type { LinkClosedError, ReplyError } from '../../src/link.ts'
import { parseOptions } from '../../src/options.ts'
import { pooled } from '../../src/pooled-link.ts'
import { Store } from '../../src/store.ts'
import { mapStore } from '@holdfast/testing/simulation'
import { SimulatedProcess, type SimulatedRedis, type World } from '@holdfast/testing/simulation'
import { StuckConnector } from './stuck-connector.ts'

/** What the caches keep: which version of a key it is. */
export interface Row {
  readonly key: string
  readonly version: number
}

export type Redis = SimulatedRedis<ReplyError, LinkClosedError>

/** How long memory may be believed without contact to Redis, in milliseconds. */
export const maxStalenessMs = 1_000

/** One process of a scenario: a clock of its own, and its cache. */
export class Member {
  readonly index: number
  readonly process: SimulatedProcess
  readonly cache: Cache<Row>
  readonly connector: StuckConnector
  readonly #world: World

  /** @param remoteTimeout how long it waits for Redis before it goes on without, cut off from what others tell */
  constructor(world: World, redis: Redis, index: number, remoteTimeout: Duration) {
    const random = world.random.fork(`member ${index}`)
    this.index = index
    this.#world = world
    this.process = new SimulatedProcess(world, `${index}`, (random.next() - 0.5) * 1_000)
    const { clock } = this.process
    this.connector = new StuckConnector(world, redis.connector(this.process))
    const connections = random.chance(0.3) ? 3 : 1
    const options = parseOptions({ connectTimeout: '400ms', heartbeatTimeout: '200ms' })
    this.cache = createCache<Row>({
      memory: mapStore(),
      remote: new Store(pooled(this.connector, connections), options, {
        clock,
        ids: () => Uint8Array.from({ length: 8 }, () => random.below(256)),
        random: () => random.next(),
      }),
      clock,
      random: () => random.next(),
      ttl: '10s',
      // Some of a fleet may load alone and others not.
      fleetSingleFlight: random.chance(0.6),
      remoteTimeout,
      coherence: { maxStaleness: `${maxStalenessMs}ms`, heartbeat: '300ms' },
    })
  }

  /** Time that stands still while the process does. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.process.clock.setTimer(resolve, ms))
  }

  /** Time that passes elsewhere; what comes of it waits while the process stands still. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.after(ms, () => this.process.receive(resolve)))
  }
}
