import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hodgesLehmann, lowerBound, upperBound, walshAverages } from './walsh.ts'

const sample = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 40 })
const recorded = [0.0213, -0.034, 0.055, 0.012, 0.091, -0.021, 0.044, 0.003, 0.067, -0.008, 0.029, 0.038, 0.31]

describe('Walsh averages', () => {
  it('agree with scipy on a recorded sample', () => {
    const walsh = walshAverages(recorded)

    expect(hodgesLehmann(walsh)).toBeCloseTo(0.0295, 12)
    expect(lowerBound(walsh, recorded.length, 0.01)).toBeCloseTo(-0.0025, 12)
  })

  it('are all pairs, in order', () => {
    expect([...walshAverages([3, 1, 2])]).toEqual([1, 1.5, 2, 2, 2.5, 3])
  })

  it('move with the sample', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -500, max: 500 }), (x, shift) => {
        const moved = x.map((value) => value + shift)
        expect(hodgesLehmann(walshAverages(moved))).toBe(hodgesLehmann(walshAverages(x)) + shift)
        expect(lowerBound(walshAverages(moved), x.length, 0.02)).toBe(
          lowerBound(walshAverages(x), x.length, 0.02) + shift,
        )
      }),
    )
  })

  it('give the mirrored bounds when base and head are swapped', () => {
    fc.assert(
      fc.property(sample, (x) => {
        const swapped = x.map((value) => -value)
        // The negative of 0 is another 0.
        expect(upperBound(walshAverages(swapped), x.length, 0.02) + 0).toBe(
          -lowerBound(walshAverages(x), x.length, 0.02) + 0,
        )
      }),
    )
  })

  it('do not care in which order the processes ran', () => {
    fc.assert(
      fc.property(sample, (x) => {
        expect([...walshAverages(x.toReversed())]).toEqual([...walshAverages(x)])
      }),
    )
  })

  it('widen as alpha shrinks, and claim nothing when n is too small', () => {
    fc.assert(
      fc.property(sample, (x) => {
        const walsh = walshAverages(x)
        expect(lowerBound(walsh, x.length, 0.005)).toBeLessThanOrEqual(lowerBound(walsh, x.length, 0.05))
        expect(lowerBound(walsh, x.length, 2 ** -x.length / 2)).toBe(Number.NEGATIVE_INFINITY)
      }),
    )
  })
})
