/** The database of a history: a version of each key, which grows by one with each write. Keys begin at version 1. */
export class Truth {
  readonly #versions = new Map<string, number>()

  read(keys: readonly string[]): readonly number[] {
    return keys.map((key) => this.#versions.get(key) ?? 1)
  }

  /** Writes some keys at one instant, and says which versions other keys, or the same, have then. */
  write(written: readonly string[], read: readonly string[]): readonly number[] {
    for (const key of written) this.#versions.set(key, (this.#versions.get(key) ?? 1) + 1)
    return this.read(read)
  }
}
