const mostSuspects = 512

/**
 * Keys of Redis whose reads ran out of time. What stands there may be too large ever to be read, and no read could replace it: every
 * one would run out of time again, and hold up all others on its connection.
 */
export class Suspects {
  isLooking = false
  readonly #keys = new Set<string>()

  add(redisKeys: readonly string[]): void {
    for (const key of redisKeys) if (this.#keys.size < mostSuspects) this.#keys.add(key)
  }

  take(): readonly string[] {
    const keys = [...this.#keys]
    this.#keys.clear()
    return keys
  }
}
