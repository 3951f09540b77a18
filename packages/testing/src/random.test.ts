import { describe, expect, it } from 'vitest'
import { seededRandom } from './random.ts'

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, others for another', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed)
      return Array.from({ length: 20 }, () => random.below(1_000))
    }

    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('spreads evenly', () => {
    const random = seededRandom(1)
    const counts = Array.from({ length: 10 }, () => 0)

    for (let turn = 0; turn < 100_000; turn += 1) counts[random.below(10)]! += 1

    expect(Math.min(...counts)).toBeGreaterThan(9_600)
    expect(Math.max(...counts)).toBeLessThan(10_400)
  })

  it('forks by name, whatever was drawn before', () => {
    const [a, b] = [seededRandom(7), seededRandom(7)]
    a.next()

    expect(a.fork('x').next()).toBe(b.fork('x').next())
    expect(a.fork('x').next()).not.toBe(b.fork('y').next())
  })

  it('shuffles without losing any', () => {
    const items = Array.from({ length: 50 }, (_, at) => at)
    const shuffled = seededRandom(3).shuffle(items)

    expect(shuffled).not.toEqual(items)
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items)
  })
})
