import { setTimeout as sleep } from 'node:timers/promises'

/** What a test makes of the loads of an API process. */
export interface LoadFault {
  /** How much longer each load takes. */
  readonly delayMs: number
  /** Each load fails, after its delay. */
  readonly isFailing: boolean
}

/** Calls loaders, counts them by key, and slows or fails them when told to. */
export class Loads {
  fault: LoadFault = { delayMs: 0, isFailing: false }
  readonly #byKey = new Map<string, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** How often a key was loaded. */
  countOf(key: string): number {
    return this.#byKey.get(key) ?? 0
  }

  /** A loader of the key that is counted. */
  of<T>(key: string, load: () => Promise<T>): () => Promise<T> {
    return async () => {
      this.#count++
      this.#byKey.set(key, this.countOf(key) + 1)
      if (this.fault.delayMs > 0) await sleep(this.fault.delayMs)
      if (this.fault.isFailing) throw new Error('This load was told to fail.')
      return load()
    }
  }
}
