import { describe, expect, it } from 'vitest'
import { criticalRank, signedRankCdf } from './signed-rank.ts'

/** By counting all 2ⁿ sign patterns. */
function enumerated(n: number): number[] {
  const counts = Array.from({ length: (n * (n + 1)) / 2 + 1 }, () => 0)
  for (let signs = 0; signs < 2 ** n; signs++) {
    let w = 0
    for (let rank = 1; rank <= n; rank++) if (signs & (1 << (rank - 1))) w += rank
    counts[w] = (counts[w] ?? 0) + 1
  }
  let below = 0
  return counts.map((count) => (below += count) / 2 ** n)
}

describe('signed-rank distribution', () => {
  it.each([1, 2, 3, 7, 12])('agrees with the enumeration of all signs, n = %i', (n) => {
    expect([...signedRankCdf(n)]).toEqual(enumerated(n))
  })

  it('agrees with scipy 1.17', () => {
    const at = (n: number, w: number): number => signedRankCdf(n)[w] ?? Number.NaN

    expect(at(15, 0)).toBe(3.0517578125e-5)
    expect(at(15, 60)).toBeCloseTo(0.511016845703125, 14)
    expect(at(24, 25)).toBeCloseTo(5.3822994232177734e-5, 16)
    expect(at(24, 150)).toBeCloseTo(0.5055936574935913, 14)
    expect(at(36, 165)).toBeCloseTo(0.0036887013557134196, 15)
    expect(at(36, 495)).toBeCloseTo(0.9952595129288966, 14)
  })

  it.each([
    [15, 0.002 / 24, 1],
    [24, 0.003 / 24, 30],
    [36, 0.005 / 24, 117],
    [15, 0.01 / 3, 13],
    [36, 0.01 / 3, 163],
    [15, 0.002 / 65, 0],
    [14, 0.002 / 65, -1],
  ])('has the critical rank of scipy, n = %i, alpha = %d', (n, alpha, q) => {
    expect(criticalRank(n, alpha)).toBe(q)
  })
})
