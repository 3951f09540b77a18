import { expect } from 'vitest'
import { entryOf } from './entry.ts'
import type { MemoryCase } from './subject.ts'

export const byteCases: readonly MemoryCase[] = [
  {
    name: 'bytes > says how many bytes it may hold, and holds none at first',
    run: ({ open }) => {
      const store = open({ maxBytes: 1_000_000 })

      expect(store.maxBytes).toBe(1_000_000)
      expect(store.bytes).toBe(0)
    },
  },
  {
    name: 'bytes > counts at least the bytes of strings and buffers',
    run: ({ open, clock }) => {
      const store = open({ maxBytes: 1_000_000 })

      store.set('text', entryOf('x'.repeat(10_000), clock))
      const withText = store.bytes!
      store.set('bytes', entryOf({ deep: [new Uint8Array(20_000)] }, clock))

      expect(withText).toBeGreaterThanOrEqual(10_000)
      expect(store.bytes! - withText).toBeGreaterThanOrEqual(20_000)
    },
  },
  {
    name: 'bytes > never holds more bytes than its bound',
    run: ({ open, clock }) => {
      const store = open({ maxBytes: 100_000 })

      const held = Array.from({ length: 1_000 }, (_, index) => {
        store.set(`key:${index % 300}`, entryOf('x'.repeat((index * 37) % 3_000), clock))
        return store.bytes!
      })

      expect(Math.max(...held)).toBeLessThanOrEqual(100_000)
      expect(store.size).toBeGreaterThan(10)
    },
  },
  {
    name: 'bytes > refuses an entry larger than the whole store, and the older one of its key is gone',
    run: ({ open, clock }) => {
      const store = open({ maxBytes: 100_000 })
      for (let index = 0; index < 5; index += 1) store.set(`key:${index}`, entryOf(index, clock))

      store.set('key:0', entryOf('x'.repeat(200_000), clock))

      expect(store.get('key:0')).toBeUndefined()
      expect([1, 2, 3, 4].map((index) => store.get(`key:${index}`)?.value)).toEqual([1, 2, 3, 4])
    },
  },
  {
    name: 'bytes > gives them back on replace, delete and clear',
    run: ({ open, clock }) => {
      const store = open({ maxBytes: 1_000_000 })
      store.set('key', entryOf('small', clock))
      const small = store.bytes

      store.set('key', entryOf('x'.repeat(50_000), clock))
      store.set('key', entryOf('small', clock))
      const replaced = store.bytes
      store.delete('key')
      const deleted = store.bytes
      store.set('key', entryOf('small', clock))
      store.clear()

      expect([replaced, deleted, store.bytes]).toEqual([small, 0, 0])
    },
  },
]
