/** Lengths of time in logarithmic buckets, four to each doubling: quantiles within 10 %, in constant memory. */
export class Histogram {
  readonly #buckets = new Float64Array(128)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  record(ms: number): void {
    this.#buckets[bucketOf(ms)]!++
    this.#count++
    this.#sumMs += ms
    if (ms > this.#maxMs) this.#maxMs = ms
  }

  add(other: Histogram): void {
    for (const [bucket, count] of other.#buckets.entries()) this.#buckets[bucket]! += count
    this.#count += other.#count
    this.#sumMs += other.#sumMs
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs)
  }

  summary(): HistogramSummary {
    return {
      count: this.#count,
      sumMs: this.#sumMs,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50Ms: this.#quantile(0.5),
      p95Ms: this.#quantile(0.95),
      p99Ms: this.#quantile(0.99),
      maxMs: this.#maxMs,
      buckets: this.#filled(),
    }
  }

  #filled(): HistogramBucket[] {
    const filled: HistogramBucket[] = []
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      const count = this.#buckets[bucket]!
      if (count > 0) filled.push({ upToMs: end(bucket), count })
    }
    return filled
  }

  #quantile(q: number): number {
    const rank = Math.ceil(q * this.#count)
    let seen = 0
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      seen += this.#buckets[bucket]!
      if (seen >= rank && seen > 0) return Math.min(this.#maxMs, middle(bucket))
    }
    return 0
  }
}

/** Lengths of time since the cache was made, in milliseconds; quantiles within 10 %. */
export interface HistogramSummary {
  readonly count: number
  readonly sumMs: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Every bucket that holds something, shortest first. Each ends where one of all caches does: they can be added and subtracted. */
  readonly buckets: readonly HistogramBucket[]
}

/** Lengths that fell between the end of the bucket before and its own. */
export interface HistogramBucket {
  /** Its end, in milliseconds: a power of 2^(1/4) microseconds, `Infinity` for the last. */
  readonly upToMs: number
  readonly count: number
}

// Bucket 0 ends at 1 µs; each later one is 2^(1/4) wide.
function bucketOf(ms: number): number {
  if (!(ms > 0.001)) return 0
  return Math.min(127, Math.ceil(Math.log2(ms * 1_000) * 4))
}

function end(bucket: number): number {
  return bucket === 127 ? Number.POSITIVE_INFINITY : 2 ** (bucket / 4) / 1_000
}

function middle(bucket: number): number {
  return 2 ** ((bucket - 0.5) / 4) / 1_000
}
