/** How long a key is remembered, and how many are. */
const rememberedMs = 10_000
const maxKeys = 10_000

/**
 * Keys whose responses have just turned out to be for one client alone while others waited for them. Those who come next do not wait for
 * each other again.
 */
export class Uncacheable {
  readonly #until = new Map<string, number>()

  add(key: string): void {
    if (this.#until.size >= maxKeys) this.#until.clear()
    this.#until.set(key, performance.now() + rememberedMs)
  }

  has(key: string): boolean {
    const until = this.#until.get(key)
    if (until === undefined) return false
    if (performance.now() < until) return true
    this.#until.delete(key)
    return false
  }
}
