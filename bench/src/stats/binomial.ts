/** ln(n!), exact summation up to 1,000 and Stirling's series (error below 1e-13) beyond. */
function logFactorial(n: number): number {
  if (n > 1_000) return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3)
  let sum = 0
  for (let i = 2; i <= n; i++) sum += Math.log(i)
  return sum
}

/** P(X ≤ k) for X ~ Binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n || p <= 0) return 1
  if (p >= 1) return 0
  // Above the mean the terms may underflow: count from the other end.
  if (k > n * p) return 1 - binomialCdf(n - k - 1, n, 1 - p)
  const logMass = (i: number): number =>
    logFactorial(n) - logFactorial(i) - logFactorial(n - i) + i * Math.log(p) + (n - i) * Math.log1p(-p)
  // From the largest term down.
  const odds = p / (1 - p)
  let mass = Math.exp(logMass(k))
  let sum = mass
  for (let i = k; i > 0 && mass > sum * 1e-18; i--) {
    mass *= i / ((n - i + 1) * odds)
    sum += mass
  }
  return Math.min(1, sum)
}

/**
 * The exact one-sided Clopper–Pearson bounds of a rate after `hits` of `n`: each errs with probability of at most `alpha`.
 *
 * Source: C. Clopper, E. Pearson, Biometrika 26 (1934).
 */
export function clopperPearson(
  hits: number,
  n: number,
  alpha: number,
): { readonly lower: number; readonly upper: number } {
  return {
    lower: hits === 0 ? 0 : solve((p) => 1 - binomialCdf(hits - 1, n, p) < alpha),
    upper: hits === n ? 1 : solve((p) => binomialCdf(hits, n, p) > alpha),
  }
}

/** The p in [0, 1] where `below` turns from true to false. */
function solve(below: (p: number) => boolean): number {
  let low = 0
  let high = 1
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (below(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}
