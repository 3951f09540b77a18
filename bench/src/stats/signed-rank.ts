/**
 * The exact null distribution of Wilcoxon's signed-rank statistic W⁺: the sum of the ranks with a positive sign when each of
 * the 2ⁿ sign patterns is equally likely. By dynamic programming over ranks, exact in doubles up to n = 50 and beyond.
 *
 * Source: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945).
 */
const known = new Map<number, Float64Array>()

/** P(W⁺ ≤ w) for w = 0 … n(n+1)/2. */
export function signedRankCdf(n: number): Float64Array {
  const cached = known.get(n)
  if (cached) return cached
  const size = (n * (n + 1)) / 2 + 1
  const mass = new Float64Array(size)
  mass[0] = 1
  for (let rank = 1; rank <= n; rank++) {
    for (let w = size - 1; w >= 0; w--) mass[w] = ((mass[w] ?? 0) + (w >= rank ? (mass[w - rank] ?? 0) : 0)) / 2
  }
  for (let w = 1; w < size; w++) mass[w] = (mass[w] ?? 0) + (mass[w - 1] ?? 0)
  known.set(n, mass)
  return mass
}

/** The largest q with P(W⁺ ≤ q) ≤ alpha, or -1 when even q = 0 is too likely (n is too small for that alpha). */
export function criticalRank(n: number, alpha: number): number {
  const cdf = signedRankCdf(n)
  let q = -1
  while (q + 1 < cdf.length && (cdf[q + 1] ?? 1) <= alpha) q++
  return q
}
