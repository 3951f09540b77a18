import { setTimeout as sleep } from 'node:timers/promises'

/** What a test makes of the loads of an API process. */
export interface LoadFault {
  /** How much longer each load takes. */
  readonly delayMs: number
  /** Each load fails, after its delay. */
  readonly isFailing: boolean
}

/** Calls loaders, counts and times them by key, and slows or fails them when told to. */
export class Loads {
  fault: LoadFault = { delayMs: 0, isFailing: false }
  readonly #byKey = new Map<string, { count: number; lastMs: number }>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How often a key was loaded. */
  countOf(key: string): number {
    return this.#byKey.get(key)?.count ?? 0
  }

  /** How long the last load of a key took, in milliseconds. */
  lastMsOf(key: string): number {
    return this.#byKey.get(key)?.lastMs ?? 0
  }

  /** A loader of the key that is counted and timed. */
  of<T>(key: string, load: () => Promise<T>): () => Promise<T> {
    return async () => {
      const startedAt = performance.now()
      const known = this.#byKey.get(key) ?? { count: 0, lastMs: 0 }
      this.#byKey.set(key, known)
      known.count++
      this.#count++
      try {
        if (this.fault.delayMs > 0) await sleep(this.fault.delayMs)
        if (this.fault.isFailing) throw new Error('This load was told to fail.')
        return await load()
      } finally {
        known.lastMs = performance.now() - startedAt
      }
    }
  }
}
