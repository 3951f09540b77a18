import { expect } from 'vitest'
import { entryOf } from './entry.ts'
import type { MemoryCase } from './subject.ts'

export const boundCases: readonly MemoryCase[] = [
  {
    name: 'bounds > says how many entries it may hold',
    run: ({ open }) => {
      expect(open({ maxEntries: 7 }).maxEntries).toBe(7)
    },
  },
  {
    name: 'bounds > never holds more entries than its bound, from the first to the last',
    run: ({ open, clock }) => {
      for (const maxEntries of [1, 2, 3, 10, 100]) {
        const store = open({ maxEntries })
        const sizes = Array.from({ length: maxEntries * 10 }, (_, index) => {
          store.set(`key:${index}`, entryOf(index, clock))
          return store.size
        })

        expect(Math.max(...sizes)).toBeLessThanOrEqual(maxEntries)
        expect([...store.keys()]).toHaveLength(store.size)
      }
    },
  },
  {
    name: 'bounds > keeps everything while there is room',
    run: ({ open, clock }) => {
      const store = open({ maxEntries: 100 })

      for (let index = 0; index < 100; index += 1) store.set(`key:${index}`, entryOf(index, clock))

      const kept = Array.from({ length: 100 }, (_, index) => store.get(`key:${index}`)?.value)
      expect(kept).toEqual(Array.from({ length: 100 }, (_, index) => index))
    },
  },
  {
    name: 'bounds > holds many entries when it is full, whatever is asked of it',
    run: ({ open, clock }) => {
      const store = open({ maxEntries: 50 })
      const sizes: number[] = []
      for (let turn = 0; turn < 20_000; turn += 1) {
        // Squares crowd the low numbers, so that some keys come often and most seldom.
        const key = `key:${Math.floor((((turn * 7_919) % 10_007) / 10_007) ** 2 * 500)}`
        if (store.get(key) === undefined) store.set(key, entryOf(turn, clock))
        if (turn > 500) sizes.push(store.size)
      }

      expect(Math.max(...sizes)).toBeLessThanOrEqual(50)
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(40)
    },
  },
  {
    name: 'bounds > makes room from expired entries first',
    run: ({ open, clock }) => {
      const store = open({ maxEntries: 100 })
      for (let index = 0; index < 50; index += 1) store.set(`long:${index}`, entryOf(index, clock, 3_600_000))
      for (let index = 0; index < 50; index += 1) store.set(`short:${index}`, entryOf(index, clock, 1_000))

      clock.stall(60_000)
      for (let index = 0; index < 50; index += 1) store.set(`new:${index}`, entryOf(index, clock, 3_600_000))

      const kept = Array.from({ length: 50 }, (_, index) => store.get(`long:${index}`)?.value)
      expect(kept).toEqual(Array.from({ length: 50 }, (_, index) => index))
    },
  },
]
