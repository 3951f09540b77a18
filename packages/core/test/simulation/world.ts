import type { createCache as CreateCache } from '../../src/create-cache.ts'
import { Server } from '../world/server.ts'
import type { ServerStore } from '../world/server-store.ts'
import { Database } from './database.ts'
import { EventClock } from './event-clock.ts'
import { Oracle, type Violation } from './oracle.ts'
import { Process } from './process.ts'
import { seededRandom, type SeededRandom } from './seeded-random.ts'
import { chooseSettings, maxStalenessMs, type Settings } from './settings.ts'

/** What is simulated: the cache of this source, or one with a bug planted in it or in its store. */
export interface Subject {
  readonly createCache: typeof CreateCache
  /** @default the one in memory */
  readonly makeStore?: (server: Server, clock: EventClock) => ServerStore
  /** @default a faultless one */
  readonly makeServer?: (now: () => number) => Server
  /** Told everything that happens, to replay a seed that failed. */
  readonly trace?: (line: string) => void
}

/**
 * Everything of one seed: a database, a server, and a few processes with caches that read, write and invalidate at seeded instants
 * over seeded delays, some with faults. Afterwards all is mended, and everybody must see what the database has.
 */
export class World {
  readonly clock = new EventClock()
  readonly random: SeededRandom
  readonly settings: Settings
  readonly server: Server
  readonly database: Database
  readonly oracle: Oracle
  readonly processes: readonly Process[]
  isOver = false
  readonly #trace: Subject['trace']

  constructor(seed: number, subject: Subject) {
    this.#trace = subject.trace
    this.random = seededRandom(seed)
    this.settings = chooseSettings(this.random)
    const now = (): number => this.clock.now()
    this.server = subject.makeServer?.(now) ?? new Server(now)
    this.database = new Database(this.clock, this.random, this.settings.queryMs)
    this.processes = Array.from({ length: this.settings.processes }, (_, index) => new Process(index, this, subject))
    this.oracle = new Oracle(
      this.clock,
      this.processes.map(({ store }) => store),
      { deliveryMs: this.settings.announcementMs, maxStalenessMs },
    )
    this.say(JSON.stringify(this.settings))
    this.#live().then(
      () => (this.isOver = true),
      (error: unknown) => this.#fail('crash', String(error)),
    )
  }

  get violations(): readonly Violation[] {
    return this.oracle.violations
  }

  say(what: string): void {
    this.#trace?.(`${this.clock.now() - 1_000_000}: ${what}`)
  }

  /** Lets the next thing happen. Everything that waits for nothing else must have run before. */
  step(): void {
    if (!this.clock.fireNext()) this.#fail('hang', 'something never ended, and nothing is under way')
  }

  async #live(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.live()))
    for (const { store } of this.processes) await store.mend()
    await this.clock.after(this.settings.announcementMs + 2 * this.settings.wireMs + 1)
    for (const process of this.processes) await process.expectRest()
    for (const process of this.processes) await process.close()
    // What is still on a wire arrives; a timer of a cache's own would be far away.
    await this.clock.after(250)
    if (this.clock.pendingTimers > 0) this.#fail('left', `${this.clock.pendingTimers} timers`)
  }

  #fail(kind: Violation['kind'], what: string): void {
    this.oracle.violations.push({ kind, what })
    this.isOver = true
  }
}
