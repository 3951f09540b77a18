import type { EvictReason, MemoryStore } from '@holdfast/core'
import { expect } from 'vitest'
import { entryOf } from './entry.ts'
import type { MemoryCase } from './subject.ts'

export const evictCases: readonly MemoryCase[] = [
  {
    name: 'onEvict > tells once of every entry that had to make room',
    run: ({ open, clock }) => {
      const store = open({ maxEntries: 10 })
      const told = listen(store)

      for (let index = 0; index < 200; index += 1) store.set(`key:${index}`, entryOf(index, clock))

      const keys = told.map(([key]) => key)
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys.length).toBe(200 - store.size)
      expect(keys.every((key) => store.get(key) === undefined)).toBe(true)
      expect(new Set(told.map(([, reason]) => reason))).toEqual(new Set(['capacity']))
    },
  },
  {
    name: 'onEvict > says nothing of what was replaced, deleted or cleared',
    run: ({ open, clock }) => {
      const store = open({ maxEntries: 10 })
      const told = listen(store)

      for (let index = 0; index < 5; index += 1) store.set(`key:${index}`, entryOf(index, clock))
      store.set('key:0', entryOf('again', clock))
      store.delete('key:1')
      store.clear()

      expect(told).toEqual([])
    },
  },
  {
    name: 'onEvict > calls expired only what has expired',
    run: async ({ open, clock }) => {
      const store = open({ maxEntries: 20 })
      const told = listen(store)
      for (let index = 0; index < 10; index += 1) store.set(`short:${index}`, entryOf(index, clock, 1_000))
      for (let index = 0; index < 10; index += 1) store.set(`long:${index}`, entryOf(index, clock, 3_600_000))

      await clock.advance(60_000)
      for (let index = 0; index < 10; index += 1) store.get(`short:${index}`)
      for (let index = 0; index < 40; index += 1) store.set(`new:${index}`, entryOf(index, clock, 3_600_000))

      const expired = told.filter(([, reason]) => reason === 'expired').map(([key]) => key)
      expect(expired.every((key) => key.startsWith('short:'))).toBe(true)
      expect(new Set(told.map(([key]) => key)).size).toBe(told.length)
    },
  },
  {
    name: 'onEvict > may be left out, and taken away',
    run: ({ open, clock }) => {
      const store = open({ maxEntries: 2 })
      const told = listen(store)
      store.onEvict = undefined

      for (let index = 0; index < 10; index += 1) store.set(`key:${index}`, entryOf(index, clock))

      expect(told).toEqual([])
      expect(store.size).toBeLessThanOrEqual(2)
    },
  },
]

function listen(store: MemoryStore): [string, EvictReason][] {
  const told: [string, EvictReason][] = []
  store.onEvict = (key, reason) => {
    told.push([key, reason])
  }
  return told
}
