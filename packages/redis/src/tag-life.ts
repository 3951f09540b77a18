/** A day. */
export const leastLifeMs = 86_400_000

/**
 * How long a tag's key lives in Redis: a day at least, and twice as long as the longest entry that this process has written. A tag
 * that ends sooner than an entry makes it a miss.
 */
export class TagLife {
  #ms = leastLifeMs
  #px = String(leastLifeMs)

  get ms(): number {
    return this.#ms
  }

  /** The same, as an argument of a command. */
  get px(): string {
    return this.#px
  }

  /** An entry is written that lives so long. */
  cover(entryMs: number): void {
    if (entryMs * 2 <= this.#ms) return
    this.#ms = Math.ceil(entryMs * 2)
    this.#px = String(this.#ms)
  }
}
