import { criticalRank } from './signed-rank.ts'

/** The n(n+1)/2 pairwise averages (xᵢ + xⱼ)/2, i ≤ j, in ascending order. */
export function walshAverages(x: readonly number[]): Float64Array {
  const averages = new Float64Array((x.length * (x.length + 1)) / 2)
  let at = 0
  for (let i = 0; i < x.length; i++) {
    for (let j = i; j < x.length; j++) averages[at++] = ((x[i] ?? 0) + (x[j] ?? 0)) / 2
  }
  return averages.sort()
}

/** The Hodges–Lehmann estimate: the median of the Walsh averages. */
export function hodgesLehmann(walsh: Float64Array): number {
  const middle = walsh.length >> 1
  const upper = walsh[middle] ?? Number.NaN
  return walsh.length % 2 === 1 ? upper : ((walsh[middle - 1] ?? Number.NaN) + upper) / 2
}

/**
 * One-sided bounds of the centre of symmetry, by inverting the exact signed-rank test: the true centre lies below `lower` with
 * probability of at most `alpha`. `-Infinity` when n is too small for that alpha.
 */
export function lowerBound(walsh: Float64Array, n: number, alpha: number): number {
  const q = criticalRank(n, alpha)
  return q < 0 ? Number.NEGATIVE_INFINITY : (walsh[q] ?? Number.NaN)
}

/** As {@link lowerBound}, from above; `Infinity` when n is too small. */
export function upperBound(walsh: Float64Array, n: number, alpha: number): number {
  const q = criticalRank(n, alpha)
  return q < 0 ? Number.POSITIVE_INFINITY : (walsh[walsh.length - 1 - q] ?? Number.NaN)
}
