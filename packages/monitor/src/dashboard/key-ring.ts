/** A key that was seen often, among those seen lately. */
export interface SeenKey {
  readonly namespace: string
  readonly key: string
  /** How often, estimated where not each time is remembered. */
  readonly times: number
  /** The mean of what was recorded with it. */
  readonly mean: number
}

const longestKey = 512
const tooLong = `(keys longer than ${longestKey} characters)`

/**
 * The keys seen lately, in a ring of bounded size: a new one takes the place of the oldest. Where there are more than fit the window
 * only one in so many is remembered, at random, and counts for as many. A key that makes up a share p of n remembered ones is known within √(p(1−p)/n):
 * what is hot is found, what is rare may be missed.
 */
export class KeyRing {
  readonly #capacity: number
  readonly #windowTicks: number
  readonly #random: () => number
  readonly #keys: string[] = []
  readonly #namespaces: string[] = []
  readonly #weights: Float64Array
  readonly #amounts: Float64Array
  readonly #ticks: Uint32Array
  #at = 0
  #tick = 0
  #skip = 1
  #stride = 1
  #sinceTick = 0

  /**
   * @param capacity how many are remembered
   * @param windowTicks for how many ticks
   * @param random numbers from 0 to 1
   */
  constructor(capacity: number, windowTicks: number, random: () => number = Math.random) {
    this.#capacity = capacity
    this.#windowTicks = windowTicks
    this.#random = random
    this.#weights = new Float64Array(capacity)
    this.#amounts = new Float64Array(capacity)
    this.#ticks = new Uint32Array(capacity)
  }

  /** One in how many is remembered now. */
  get stride(): number {
    return this.#stride
  }

  /** Sees a key: on most calls a decrement and nothing else, where there are many. */
  see(key: string, namespace: string, amount: number = 0): void {
    this.#skip--
    if (this.#skip > 0) return
    const stride = this.#stride
    // Any distance from 1 to twice the stride, so that no rhythm of the reads falls in with it.
    this.#skip = stride === 1 ? 1 : 1 + Math.floor(this.#random() * (2 * stride - 1))
    const at = this.#at
    this.#at = (at + 1) % this.#capacity
    this.#keys[at] = key.length > longestKey ? tooLong : key
    this.#namespaces[at] = namespace
    this.#weights[at] = stride
    this.#amounts[at] = amount
    this.#ticks[at] = this.#tick
    this.#sinceTick++
  }

  /** Time goes on by one tick; what is remembered is spread over the window. */
  tick(): void {
    this.#tick++
    const inWindow = this.#sinceTick * this.#stride * this.#windowTicks
    this.#stride = Math.max(1, Math.ceil(inWindow / this.#capacity))
    this.#sinceTick = 0
  }

  /** How many were seen within the window, estimated. */
  total(): number {
    let total = 0
    for (let index = 0; index < this.#keys.length; index++)
      if (this.#tick - this.#ticks[index]! < this.#windowTicks) total += this.#weights[index]!
    return total
  }

  /** Those seen most often within the window, most first. */
  top(limit: number): SeenKey[] {
    const seen = new Map<string, { namespace: string; key: string; times: number; sum: number }>()
    for (const [index, key] of this.#keys.entries()) {
      if (this.#tick - this.#ticks[index]! >= this.#windowTicks) continue
      const namespace = this.#namespaces[index]!
      const name = `${namespace}:${key}`
      const one = seen.get(name) ?? { namespace, key, times: 0, sum: 0 }
      const weight = this.#weights[index]!
      one.times += weight
      one.sum += this.#amounts[index]! * weight
      seen.set(name, one)
    }
    return [...seen.values()]
      .toSorted((a, b) => b.times - a.times)
      .slice(0, limit)
      .map(({ namespace, key, times, sum }) => ({ namespace, key, times, mean: sum / times }))
  }
}
