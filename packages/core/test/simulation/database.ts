import type { EventClock } from './event-clock.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What the caches keep: which version of a key it is. */
export interface Row {
  readonly key: string
  readonly version: number
}

/** The truth: a version for each key, read and written with delays before and after the instant that counts. */
export class Database {
  readonly #versions = new Map<string, number>()
  readonly #clock: EventClock
  readonly #random: SeededRandom
  readonly #slowestMs: number

  constructor(clock: EventClock, random: SeededRandom, slowestMs: number) {
    this.#clock = clock
    this.#random = random
    this.#slowestMs = slowestMs
  }

  version(key: string): number {
    return this.#versions.get(key) ?? 0
  }

  async read(keys: readonly string[]): Promise<readonly Row[]> {
    await this.#pause()
    const rows = keys.map((key) => ({ key, version: this.version(key) }))
    await this.#pause()
    return rows
  }

  /** Writes new versions; the result is what was written. */
  async write(keys: readonly string[]): Promise<readonly Row[]> {
    await this.#pause()
    for (const key of keys) this.#versions.set(key, this.version(key) + 1)
    const rows = keys.map((key) => ({ key, version: this.version(key) }))
    await this.#pause()
    return rows
  }

  #pause(): Promise<void> {
    return this.#clock.after(this.#random.between(0, this.#slowestMs))
  }
}
