import { describe, expect, it } from 'vitest'
import { changePoints } from './change-points.ts'
import { createRandom } from './random.ts'

function history(levels: readonly number[], each: number, seed: number): number[] {
  const random = createRandom(seed)
  return levels.flatMap((level) => Array.from({ length: each }, () => level * Math.exp(random.normal() * 0.03)))
}

describe('change points', () => {
  it('finds the step and its size', () => {
    const found = changePoints(history([1, 1.25], 20, 1))

    expect(found).toHaveLength(1)
    expect(found[0]?.index).toBe(20)
    expect(found[0]?.ratio).toBeCloseTo(1.25, 1)
  })

  it('finds two steps, up and down again', () => {
    expect(changePoints(history([1, 1.3, 0.9], 15, 2)).map(({ index }) => index)).toEqual([15, 30])
  })

  it('marks nothing in noise', () => {
    for (let seed = 0; seed < 20; seed++) expect(changePoints(history([1], 40, 100 + seed))).toEqual([])
  })

  it('marks nothing that is too small to matter', () => {
    expect(changePoints(history([1, 1.03], 60, 3))).toEqual([])
  })

  it('says nothing of a short history', () => {
    expect(changePoints([1, 2, 3, 9, 9])).toEqual([])
  })
})
