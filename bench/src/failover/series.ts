/** Requests of a run, by the instants at which they were due, in milliseconds since the epoch. */
export interface Series {
  readonly dueAt: readonly number[]
  /** From that instant to the answer; to the end of the run for those that had none. */
  readonly latencyMs: readonly number[]
  readonly hasFailed: readonly boolean[]
  /** When the database was asked. */
  readonly queriesAt: readonly number[]
  readonly firstError: string | undefined
  /** How long the process's own event loop stood still in all. */
  readonly stalledMs: number
}

/** What requests of a stretch of time came to. */
export interface Stretch {
  readonly requests: number
  readonly errors: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** The most queries of the database in a second, over tenths of a second. */
  readonly mostQueries: number
}

export function stretch(series: Series, fromAt: number, toAt: number): Stretch {
  const within = (at: number): boolean => at >= fromAt && at < toAt
  const places = series.dueAt.flatMap((at, place) => (within(at) ? [place] : []))
  const sorted = places.map((place) => series.latencyMs[place]!).sort((a, b) => a - b)
  const tenths = new Map<number, number>()
  for (const at of series.queriesAt.filter(within)) {
    const tenth = Math.floor(at / 100)
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1)
  }
  return {
    requests: places.length,
    errors: places.filter((place) => series.hasFailed[place]).length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
    mostQueries: Math.max(0, ...tenths.values()) * 10,
  }
}

/**
 * How long after an instant latency is normal again, in milliseconds: from the first of three tenths of a second in a row in which the median
 * was at most half above what it was before. `NaN` when it never is.
 */
export function normalAfter(series: Series, healedAt: number, normalMs: number): number {
  let row = 0
  for (let from = 0; from < 4_000; from += 100) {
    const { requests, p50Ms } = stretch(series, healedAt + from, healedAt + from + 100)
    row = requests > 0 && p50Ms <= normalMs * 1.5 ? row + 1 : 0
    if (row === 3) return from - 200
  }
  return Number.NaN
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
