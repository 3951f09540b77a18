import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'
import { decide, decideSequentially, detectable, type Plan, splitAlpha } from './verdict.ts'

const plan: Plan = {
  looks: [15, 24, 36],
  alphas: splitAlpha(0.01, 3),
  family: 24,
  tolerance: 0.05,
  detect: 0.2,
  beta: 0.01,
}

function noise(n: number, sd: number, shift: number, seed: number): number[] {
  const random = createRandom(seed)
  return Array.from({ length: n }, () => random.normal() * sd + shift)
}

describe('the rule of the gate', () => {
  it('spends the family-wise alpha over the three looks', () => {
    expect(plan.alphas.reduce((sum, alpha) => sum + alpha, 0)).toBeCloseTo(0.01, 15)
  })

  it('passes equal sides at the first look', () => {
    expect(decideSequentially(noise(36, 0.05, 0, 1), plan)).toMatchObject({ outcome: 'pass', n: 15 })
  })

  it('fails what got a fifth slower', () => {
    const decision = decideSequentially(noise(36, 0.05, Math.log(1.2), 2), plan)

    expect(decision.outcome).toBe('fail')
    expect(decision.ratio).toBeGreaterThan(1.12)
    expect(decision.ratio).toBeLessThan(1.28)
  })

  it('passes an improvement', () => {
    expect(decideSequentially(noise(36, 0.05, Math.log(0.7), 3), plan).outcome).toBe('pass')
  })

  it('does not decide on what it has not been able to see', () => {
    const loud = noise(36, 0.6, 0.1, 4)

    expect(decideSequentially(loud, plan).outcome).toBe('undecided')
    expect(detectable(loud, plan)).toBeGreaterThan(1.2)
  })

  it('does not look before the first planned look', () => {
    expect(decideSequentially(noise(14, 0.01, 1, 5), plan)).toMatchObject({ outcome: 'undecided', n: 0 })
  })

  it('never turns a failure into a pass when the head gets slower still', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 15, maxLength: 15 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (x, slower) => {
          const rank = { pass: 0, undecided: 1, fail: 2 }
          const before = rank[decide(x, 0, plan).outcome]
          const after =
            rank[
              decide(
                x.map((value) => value + slower),
                0,
                plan,
              ).outcome
            ]
          expect(after).toBeGreaterThanOrEqual(before)
        },
      ),
    )
  })

  it('fails no more than alpha of the families whose sides are equal', () => {
    // 300 families of 24 benches at no tolerance: the expected number of false alarms is at most 3; 10 has a probability below 1e-3.
    const strict = { ...plan, tolerance: 0 }
    let families = 0
    for (let family = 0; family < 300; family++) {
      let failed = false
      for (let bench = 0; bench < 24; bench++) {
        if (decideSequentially(noise(36, 0.3, 0, family * 24 + bench + 1), strict).outcome === 'fail') failed = true
      }
      if (failed) families++
    }
    expect(families).toBeLessThan(10)
  })
})
