import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomialCdf, clopperPearson } from './binomial.ts'
import { bcaInterval } from './bootstrap.ts'
import { normalCdf, normalQuantile } from './normal.ts'
import { median, quantile, quantileBounds } from './quantile.ts'
import { createRandom } from './random.ts'

// Expected figures of this file: scipy 1.17.1.
const recorded = [0.0213, -0.034, 0.055, 0.012, 0.091, -0.021, 0.044, 0.003, 0.067, -0.008, 0.029, 0.038, 0.31]

describe('normal distribution', () => {
  it('agrees with scipy', () => {
    expect(normalCdf(-3.2)).toBeCloseTo(0.0006871379379158471, 15)
    expect(normalCdf(-1)).toBeCloseTo(0.15865525393145707, 15)
    expect(normalCdf(0.5)).toBeCloseTo(0.6914624612740131, 15)
    expect(normalCdf(3.1)).toBeCloseTo(0.9990323967867817, 15)
    expect(normalQuantile(0.0025)).toBeCloseTo(-2.8070337683438042, 12)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
  })
})

describe('binomial distribution', () => {
  it.each([
    [3, 10, 0.2, 0.8791261183999999],
    [298, 299, 0.99, 0.9504637433623376],
    [9_800, 10_000, 0.98, 0.5096887327676919],
    [50_000, 100_000, 0.5, 0.5012615631070978],
  ])('agrees with scipy: P(X ≤ %i), n = %i, p = %d', (k, n, p, expected) => {
    expect(binomialCdf(k, n, p)).toBeCloseTo(expected, 9)
  })

  it.each([
    [0, 600, 0, 0.004980443380361347],
    [3, 1_000, 0.0008181753982218001, 0.007735244718479458],
    [985, 1_000, 0.9769964511490499, 0.9907315690194783],
    [10, 10, 0.7411344491069477, 1],
  ])('has the Clopper–Pearson bounds of scipy: %i of %i', (hits, n, lower, upper) => {
    const bounds = clopperPearson(hits, n, 0.05)

    expect(bounds.lower).toBeCloseTo(lower, 9)
    expect(bounds.upper).toBeCloseTo(upper, 9)
  })
})

describe('quantiles', () => {
  it('need 59 values to bound a p95 and 299 to bound a p99', () => {
    const upper = (n: number, q: number): number =>
      quantileBounds(
        Array.from({ length: n }, (_, i) => i),
        q,
        0.05,
      ).upper

    expect(upper(58, 0.95)).toBe(Number.POSITIVE_INFINITY)
    expect(upper(59, 0.95)).toBe(58)
    expect(upper(298, 0.99)).toBe(Number.POSITIVE_INFINITY)
    expect(upper(299, 0.99)).toBe(298)
  })

  it('lie between their bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 20, maxLength: 200 }),
        fc.constantFrom(0.25, 0.5, 0.75),
        (values, q) => {
          const sorted = Float64Array.from(values).sort()
          const { lower, upper } = quantileBounds(sorted, q, 0.05)
          expect(lower).toBeLessThanOrEqual(quantile(sorted, q))
          expect(upper).toBeGreaterThanOrEqual(quantile(sorted, q))
        },
      ),
    )
  })

  it('have bounds that mirror each other', () => {
    const ascending = Array.from({ length: 80 }, (_, i) => i)
    const mirrored = ascending.map((value) => -value).reverse()

    expect(quantileBounds(ascending, 0.2, 0.05).lower).toBe(-quantileBounds(mirrored, 0.8, 0.05).upper)
  })

  it('are covered as often as promised', () => {
    const random = createRandom(7)
    let missed = 0
    for (let run = 0; run < 1_000; run++) {
      const sorted = Float64Array.from({ length: 60 }, () => random.next()).sort()
      const { lower, upper } = quantileBounds(sorted, 0.9, 0.05)
      if (lower > 0.9 || upper < 0.9) missed++
    }
    // Two bounds of at most 5 % each: more than 130 of 1,000 has a probability below 1e-3.
    expect(missed).toBeLessThan(130)
    expect(missed).toBeGreaterThan(20)
  })
})

describe('BCa bootstrap', () => {
  it('agrees with scipy on the mean of a skewed sample', () => {
    const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length
    const { low, high } = bcaInterval(recorded, mean, { resamples: 40_000 })

    expect(low).toBeCloseTo(0.0169, 2)
    expect(high).toBeCloseTo(0.1228, 2)
  })

  it('agrees with scipy on the median', () => {
    const { low, high } = bcaInterval(recorded, median, { resamples: 20_000 })

    expect(low).toBeCloseTo(0.003, 2)
    expect(high).toBeCloseTo(0.055, 2)
  })

  it('is a point when all values are one', () => {
    expect(bcaInterval([2, 2, 2], median)).toEqual({ low: 2, high: 2 })
  })
})
