/** Φ(z), the standard normal distribution function, to about 1e-15 (series near zero, continued fraction in the tails). */
export function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z)
  if (z > 38) return 1
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 3) {
    let term = z
    let sum = z
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= (z * z) / (2 * k + 1)
      sum += term
    }
    return 0.5 + density * sum
  }
  let fraction = 0
  for (let k = 120; k >= 1; k--) fraction = k / (z + fraction)
  return 1 - density / (z + fraction)
}

/** Φ⁻¹(p), by bisection: slow, exact to double precision, and good enough for a few calls per report. */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return Number.NEGATIVE_INFINITY
  if (!(p < 1)) return Number.POSITIVE_INFINITY
  let low = -40
  let high = 40
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
