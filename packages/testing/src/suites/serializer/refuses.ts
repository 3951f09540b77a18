import { SerializationError } from '@holdfast/core'
import { expect } from 'vitest'
import { expectBackOrRefused, expectRefused } from './round-trip.ts'
import type { SerializerCase } from './subject.ts'

class Account {
  readonly id = 1
  get isOpen(): boolean {
    return true
  }
}

/** A case that values are refused, alone and deep inside others. */
function refuses(sentence: string, ...values: readonly unknown[]): SerializerCase {
  return {
    name: `refuses > ${sentence}`,
    run: (serializer) => {
      for (const value of values) {
        expectRefused(serializer, value)
        expectRefused(serializer, { list: [1, { deep: value }] })
        expectRefused(serializer, new Map([['key', [value]]]))
        expectRefused(serializer, new Set([value]))
      }
    },
  }
}

/** What would not come back equal throws where it is serialized, not where somebody reads it much later. */
export const refuseCases: readonly SerializerCase[] = [
  refuses(
    'functions',
    () => 1,
    function named() {},
    Account,
  ),
  refuses('symbols', Symbol('s'), Symbol.iterator),
  refuses('instances of classes', new Account(), new (class extends Map {})(), new Proxy(new Account(), {})),
  refuses(
    'objects that are not data',
    Promise.resolve(1),
    new WeakMap(),
    new WeakSet(),
    new WeakRef({}),
    [][Symbol.iterator](),
  ),
  refuses('objects whose own methods would be lost', { name: 'x', toJSON: () => 'x' }, { get: () => 1 }),
  {
    name: 'refuses > what contains itself',
    run: (serializer) => {
      const object: Record<string, unknown> = {}
      object['self'] = [object]
      const list: unknown[] = []
      list.push({ list })
      const map = new Map<string, unknown>()
      map.set('map', map)
      const error = new Error('loop')
      error.cause = error

      for (const value of [object, list, map, error]) expectRefused(serializer, value)
    },
  },
  {
    name: 'refuses > fields under symbols, or gives them back',
    run: (serializer) => {
      expectBackOrRefused(serializer, { [Symbol.for('field')]: 1 })
      // Like the others but for that.
      expectBackOrRefused(serializer, [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4, [Symbol.for('field')]: 1 }])
    },
  },
  {
    name: 'refuses > what is rarely meant, or gives it back equal',
    run: (serializer) => {
      const rare = [
        new Date(Number.NaN),
        '\ud800 alone',
        { '\udc00': 1 },
        Object.assign([1], { extra: 2 }),
        new URLSearchParams('a=1'),
        new DataView(new ArrayBuffer(4)),
        new SharedArrayBuffer(4),
        Object(1) as unknown,
        Object('text') as unknown,
        JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as unknown,
      ]
      for (const value of rare) {
        expectBackOrRefused(serializer, value)
        expectBackOrRefused(serializer, { field: [value] })
        expectBackOrRefused(serializer, [value, value, value, value])
      }
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    },
  },
  {
    name: 'refuses > what is nested too deep for it, instead of overflowing the stack',
    run: (serializer) => {
      let deep: unknown = 1
      for (let level = 0; level < 200_000; level += 1) deep = [deep]

      const outcome = ((): unknown => {
        try {
          return serializer.deserialize(serializer.serialize(deep))
        } catch (error) {
          return error
        }
      })()

      expect(outcome instanceof SerializationError || Array.isArray(outcome)).toBe(true)
    },
  },
  {
    name: 'refuses > with a message that says where in the value it is',
    run: (serializer) => {
      expect(() => serializer.serialize({ user: { friends: [1, { greet: () => 'hi' }] } })).toThrow(/greet/)
    },
  },
]
