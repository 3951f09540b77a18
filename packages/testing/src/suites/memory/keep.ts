import type { Entry, MemoryStore } from '@holdfast/core'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { entryOf } from './entry.ts'
import type { MemoryCase } from './subject.ts'

/** Keys that trip stores built on plain objects, on numbers, or on a key's first characters. */
const hostileKeys: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'undefined',
  'null',
  '0',
  '-1',
  '1e3',
  ' ',
  'a\u0000b',
  'a\nb',
  'ключ:🔑',
  'e\u0301',
  '\u00e9',
  'k'.repeat(16_384),
]

export const keepCases: readonly MemoryCase[] = [
  {
    name: 'keep > gives back the very entry that was set',
    run: ({ open, clock }) => {
      const store = open()
      const entry = entryOf({ deep: [1] }, clock)

      store.set('key', entry)

      expect(store.get('key')?.value).toBe(entry.value)
      expect(store.get('key')).toEqual(entry)
    },
  },
  {
    name: 'keep > neither freezes nor changes a value',
    run: ({ open, clock }) => {
      const store = open()
      const value = { list: [1] }

      store.set('key', entryOf(value, clock))
      value.list.push(2)

      expect(store.get('key')?.value).toBe(value)
      expect(value.list).toEqual([1, 2])
    },
  },
  {
    name: 'keep > lets guards be moved after the entry was set',
    run: ({ open, clock }) => {
      const store = open()
      const guard = { goodUntil: clock.now() + 1_000 }

      store.set('key', { ...entryOf(1, clock), guards: [guard] })
      guard.goodUntil = Number.NEGATIVE_INFINITY
      const kept = store.get('key')

      expect(kept === undefined || kept.guards?.[0] === guard).toBe(true)
    },
  },
  {
    name: 'keep > gives undefined for what it does not hold',
    run: ({ open }) => {
      expect(open().get('absent')).toBeUndefined()
    },
  },
  {
    name: 'keep > keeps null and other falsy values',
    run: ({ open, clock }) => {
      const store = open()
      const values = [null, 0, '', false, Number.NaN, 0n]

      for (const [index, value] of values.entries()) store.set(`key:${index}`, entryOf(value, clock))

      expect(values.map((_, index) => store.get(`key:${index}`)?.value)).toEqual(values)
    },
  },
  {
    name: 'keep > replaces an entry, and counts it once',
    run: ({ open, clock }) => {
      const store = open()

      store.set('key', entryOf('old', clock))
      store.set('key', entryOf('new', clock))

      expect(store.get('key')?.value).toBe('new')
      expect(store.size).toBe(1)
      expect([...store.keys()]).toEqual(['key'])
    },
  },
  {
    name: 'keep > deletes the entry of that key alone, and an absent one without complaint',
    run: ({ open, clock }) => {
      const store = open()
      store.set('a', entryOf(1, clock))
      store.set('ab', entryOf(2, clock))

      store.delete('a')
      store.delete('a')
      store.delete('never there')

      expect(store.get('a')).toBeUndefined()
      expect(store.get('ab')?.value).toBe(2)
      expect(store.size).toBe(1)
    },
  },
  {
    name: 'keep > is empty after clear, and can be used again',
    run: ({ open, clock }) => {
      const store = open()
      for (let index = 0; index < 20; index += 1) store.set(`key:${index}`, entryOf(index, clock))

      store.clear()
      const [size, keys, gone] = [store.size, [...store.keys()], store.get('key:3')]
      store.set('key:3', entryOf('again', clock))

      expect([size, keys, gone]).toEqual([0, [], undefined])
      expect(store.get('key:3')?.value).toBe('again')
    },
  },
  {
    name: 'keep > lists every key once, and allows deleting while they are listed',
    run: ({ open, clock }) => {
      const store = open()
      const keys = Array.from({ length: 50 }, (_, index) => `key:${index}`)
      for (const key of keys) store.set(key, entryOf(key, clock))

      const seen: string[] = []
      for (const key of store.keys()) {
        seen.push(key)
        if (key.endsWith('5')) store.delete(key)
      }

      expect(seen.toSorted()).toEqual(keys.toSorted())
      expect(store.size).toBe(45)
    },
  },
  {
    name: 'keep > keeps hostile keys apart',
    run: ({ open, clock }) => {
      const store = open()

      const before = hostileKeys.map((key) => store.get(key))
      for (const [index, key] of hostileKeys.entries()) store.set(key, entryOf(index, clock))

      expect(before.every((entry) => entry === undefined)).toBe(true)
      expect(hostileKeys.map((key) => store.get(key)?.value)).toEqual(hostileKeys.map((_, index) => index))
      expect(new Set(store.keys())).toEqual(new Set(hostileKeys))
      expect(({} as Record<string, unknown>)['value']).toBeUndefined()
    },
  },
  {
    name: 'keep > never gives an entry that was replaced, deleted, cleared or set under another key',
    run: ({ open, clock, abilities }) => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
          const store = open(abilities.has('maxEntries') ? { maxEntries: 5 } : {})
          const truth = new Map<string, Entry>()
          for (const each of operations) apply(each, store, truth, () => entryOf({}, clock))
        }),
      )
    },
  },
]

type Operation = { readonly type: 'set' | 'get' | 'delete' | 'clear'; readonly key: string }

const operation: fc.Arbitrary<Operation> = fc.record({
  type: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom('set' as const, 'get' as const) },
    { weight: 3, arbitrary: fc.constant('delete' as const) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  ),
  key: fc.integer({ min: 0, max: 11 }).map((index) => `key:${index}`),
})

function apply({ type, key }: Operation, store: MemoryStore, truth: Map<string, Entry>, make: () => Entry): void {
  if (type === 'set') {
    const entry = make()
    store.set(key, entry)
    truth.set(key, entry)
  } else if (type === 'delete') {
    store.delete(key)
    truth.delete(key)
  } else if (type === 'clear') {
    store.clear()
    truth.clear()
  }
  const found = store.get(key)
  if (found !== undefined) expect(found.value).toBe(truth.get(key)?.value)
  const keys = [...store.keys()]
  expect(keys.every((each) => truth.has(each))).toBe(true)
  expect(new Set(keys).size).toBe(keys.length)
  expect(store.size).toBe(keys.length)
}
