import { binomialCdf } from './binomial.ts'

/** The q-quantile of an ascending sample, linearly interpolated (type 7 of Hyndman and Fan). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q
  const below = Math.floor(position)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN
  return low + (high - low) * (position - below)
}

/** The median of numbers in any order. */
export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5)
}

/**
 * One-sided bounds of the true q-quantile from order statistics, free of any assumption on the distribution: each errs with
 * probability of at most `alpha`. A bound that the sample is too small for is infinite (a p99 needs 299 values at 5 %).
 */
export function quantileBounds(
  sorted: ArrayLike<number>,
  q: number,
  alpha: number,
): { readonly lower: number; readonly upper: number } {
  const n = sorted.length
  // The r-th smallest value lies above the quantile with probability P(Bin(n, q) < r), and below it with the rest.
  const low = firstWhere(n, (r) => binomialCdf(r - 1, n, q) > alpha) - 1
  const high = firstWhere(n, (r) => 1 - binomialCdf(r - 1, n, q) <= alpha)
  return {
    lower: low < 1 ? Number.NEGATIVE_INFINITY : (sorted[low - 1] ?? Number.NaN),
    upper: high > n ? Number.POSITIVE_INFINITY : (sorted[high - 1] ?? Number.NaN),
  }
}

/** The first rank of 1…n+1 for which a monotone claim holds; n + 1 when it holds for none. */
function firstWhere(n: number, holds: (rank: number) => boolean): number {
  let low = 1
  let high = n + 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
