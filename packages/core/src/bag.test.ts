import { describe, expect, it } from 'vitest'
import { Bag } from './bag.ts'

describe('Bag', () => {
  it('holds what was put in and not taken out', () => {
    const bag = new Bag<{ readonly n: number }>()
    const one = { n: 1 }
    const two = { n: 2 }

    const place = bag.add(one)
    bag.add(two)
    bag.remove(place)

    expect(bag.size).toBe(1)
    expect([...bag]).toEqual([two])
  })

  it('gives a place that was left to the next', () => {
    const bag = new Bag<{ readonly n: number }>()
    bag.add({ n: 0 })

    const places = Array.from({ length: 1_000 }, (_, n) => {
      const place = bag.add({ n })
      bag.remove(place)
      return place
    })

    expect(new Set(places)).toEqual(new Set([1]))
    expect(bag.size).toBe(1)
  })
})
