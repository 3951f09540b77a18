/** Upper bounds of the histogram's bars, in milliseconds; the last bar is open. */
const bounds = [0.1, 0.3, 1, 3, 10, 30, 50, 100, 300, 1_000, 3_000, Infinity]

/** So many say enough about the quantiles. */
const mostValues = 1_000_000

/** How late reads were, in bars and in order. */
export class Lateness {
  readonly #counts = new Float64Array(bounds.length)
  readonly #values: number[] = []
  count = 0
  maxMs = 0

  add(ms: number): void {
    this.count += 1
    this.maxMs = Math.max(this.maxMs, ms)
    this.#counts[bounds.findIndex((bound) => ms <= bound)]! += 1
    if (this.#values.length < mostValues) this.#values.push(ms)
  }

  addAll(other: Lateness): void {
    this.count += other.count
    this.maxMs = Math.max(this.maxMs, other.maxMs)
    for (const [at, count] of other.#counts.entries()) this.#counts[at]! += count
    for (const value of other.#values) if (this.#values.length < mostValues) this.#values.push(value)
  }

  /** The lateness that a share of the late reads did not exceed; 0 when there were none. */
  quantile(share: number): number {
    const sorted = this.#values.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  }

  /** One line a bar. */
  lines(): string[] {
    const most = Math.max(1, ...this.#counts)
    return bounds.map((bound, at) => {
      const count = this.#counts[at]!
      const label = bound === Infinity ? `> ${bounds.at(-2)} ms` : `≤ ${bound} ms`
      return `${label.padStart(10)} ${String(count).padStart(9)} ${'█'.repeat(Math.ceil((count / most) * 40))}`
    })
  }
}
