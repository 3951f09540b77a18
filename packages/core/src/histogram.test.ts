import { describe, expect, it } from 'vitest'
import { Histogram } from './histogram.ts'

function histogram(...lengths: readonly number[]): Histogram {
  const made = new Histogram()
  for (const ms of lengths) made.record(ms)
  return made
}

describe('Histogram', () => {
  it('is all zero before anything was recorded', () => {
    expect(histogram().summary()).toEqual({
      count: 0,
      sumMs: 0,
      meanMs: 0,
      p50Ms: 0,
      p95Ms: 0,
      p99Ms: 0,
      maxMs: 0,
      buckets: [],
    })
  })

  it.each([0.002, 0.05, 1, 3, 17, 100, 250, 999, 12_345, 600_000])('knows %d ms within 10 %%', (ms) => {
    const { p50Ms, meanMs, maxMs } = histogram(ms, ms, ms, ms * 4).summary()

    expect(Math.abs(p50Ms / ms - 1)).toBeLessThan(0.1)
    expect(meanMs).toBeCloseTo((ms * 7) / 4)
    expect(maxMs).toBe(ms * 4)
  })

  it('finds quantiles by rank', () => {
    const lengths = Array.from({ length: 100 }, (_, index) => index + 1)

    const { count, p50Ms, p95Ms, p99Ms, maxMs } = histogram(...lengths).summary()

    expect(count).toBe(100)
    for (const [quantile, exact] of [
      [p50Ms, 50],
      [p95Ms, 95],
      [p99Ms, 99],
    ] as const)
      expect(Math.abs(quantile / exact - 1)).toBeLessThan(0.1)
    expect(maxMs).toBe(100)
  })

  it('says of one length that it is every quantile', () => {
    const { p50Ms, p99Ms, maxMs } = histogram(40).summary()

    expect(p50Ms).toBe(p99Ms)
    expect(p99Ms).toBeLessThanOrEqual(maxMs)
  })

  it('takes what is out of its range, and what is none', () => {
    const { count, maxMs, p99Ms } = histogram(0, -1, Number.NaN, 1e9).summary()

    expect(count).toBe(4)
    expect(maxMs).toBe(1e9)
    expect(p99Ms).toBeGreaterThan(1e6)
    expect(histogram(0, 0).summary().p50Ms).toBe(0)
  })

  it('tells its buckets: what was recorded lies below the end of one, and above the end of the one before', () => {
    const { buckets, count, sumMs } = histogram(0.5, 3, 3, 100, 1e9).summary()

    expect([count, sumMs]).toEqual([5, 1e9 + 106.5])
    expect(buckets.map((bucket) => bucket.count)).toEqual([1, 2, 1, 1])
    for (const [index, ms] of [0.5, 3, 100].entries()) {
      expect(buckets[index]!.upToMs).toBeGreaterThanOrEqual(ms)
      expect(buckets[index]!.upToMs / 2 ** 0.25).toBeLessThan(ms)
    }
    expect(buckets.at(-1)!.upToMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('adds up', () => {
    const sum = histogram(1, 2)
    sum.add(histogram(3, 400))

    expect(sum.summary()).toEqual(histogram(1, 2, 3, 400).summary())
  })

  it('keeps the longest when shorter ones come', () => {
    expect(histogram(5, 1).summary().maxMs).toBe(5)
  })
})
