import type { HistogramBucket } from '@holdfast/core'

/** What came into a histogram between two looks at it. */
export function bucketsSince(
  before: readonly HistogramBucket[] | undefined,
  after: readonly HistogramBucket[],
): readonly HistogramBucket[] {
  if (before === undefined || before.length === 0) return after
  const known = new Map(before.map(({ upToMs, count }) => [upToMs, count]))
  return after
    .map(({ upToMs, count }) => ({ upToMs, count: count - (known.get(upToMs) ?? 0) }))
    .filter(({ count }) => count > 0)
}

/** The length that a share of what is in the buckets does not exceed, in milliseconds, within 10 %; 0 where there is nothing. */
export function quantile(buckets: readonly HistogramBucket[], q: number): number {
  const sorted = buckets.toSorted((a, b) => a.upToMs - b.upToMs)
  const total = sorted.reduce((sum, { count }) => sum + count, 0)
  let seen = 0
  for (const { upToMs, count } of sorted) {
    seen += count
    // The middle of a bucket that is 2^(1/4) wide.
    if (seen >= q * total && seen > 0) return upToMs === Number.POSITIVE_INFINITY ? upToMs : upToMs / 2 ** 0.125
  }
  return 0
}
