import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultValue } from './subject.ts'

/** How long a load takes. */
export const loadMs = 5

const filler = 'x'.repeat(120)

/**
 * The truth behind the cache: a version for each key. It knows what a reader may not be given any more: versions older than what an
 * acknowledged write or invalidation ended.
 */
export class Database {
  loads = 0
  readonly #versions = new Map<string, number>()
  readonly #floors = new Map<string, number>()

  /** A new version, as a write of the database makes it. */
  write(key: string): number {
    const version = (this.#versions.get(key) ?? 1) + 1
    this.#versions.set(key, version)
    return version
  }

  value(key: string): FaultValue {
    return { key, version: this.#versions.get(key) ?? 1, filler }
  }

  async load(key: string): Promise<FaultValue> {
    this.loads++
    // Read first: what is written while the answer is on its way is not in it.
    const value = this.value(key)
    await sleep(loadMs)
    return value
  }

  /** The cache has acknowledged that it will not serve anything older than that version. */
  acknowledge(key: string, version: number): void {
    this.#floors.set(key, Math.max(version, this.floor(key)))
  }

  /** The oldest version that a read that begins now may return. */
  floor(key: string): number {
    return this.#floors.get(key) ?? 1
  }
}
