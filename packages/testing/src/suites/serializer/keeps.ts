import { expect } from 'vitest'
import { expectToComeBack, roundTrip } from './round-trip.ts'
import type { SerializerCase } from './subject.ts'

/** A case that a group of values comes back equal, alone, in a field and in a list. */
function keeps(sentence: string, ...values: readonly unknown[]): SerializerCase {
  return {
    name: `keeps > ${sentence}`,
    run: (serializer) => {
      for (const value of values) {
        expectToComeBack(serializer, value)
        expectToComeBack(serializer, { field: value })
        expectToComeBack(serializer, [value, value])
      }
    },
  }
}

const view = new Uint8Array([9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9]).buffer

/** The types that every serializer keeps. `json()` and the others are held to this one list. */
export const keepCases: readonly SerializerCase[] = [
  keeps(
    'null, booleans and text',
    null,
    true,
    false,
    '',
    'text',
    'zwölf 日本 🎉',
    '\u0000',
    '"\\\n\u2028',
    '__proto__',
  ),
  keeps('text of every length', 'x'.repeat(31), 'x'.repeat(32), 'é'.repeat(255), 'x'.repeat(70_000)),
  keeps(
    'numbers, −0, NaN and the infinities',
    0,
    -0,
    1,
    -1,
    127,
    128,
    -129,
    65_536,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53 - 1,
  ),
  keeps('numbers that are no whole ones', 0.1, -1.5, 1e21, 1e308, 5e-324, Math.PI, Number.NaN, Infinity, -Infinity),
  keeps('bigints of every size', 0n, 1n, -1n, 2n ** 63n, 2n ** 64n + 1n, -(2n ** 64n) - 1n, 7n ** 200n),
  keeps('dates', new Date(0), new Date(-1), new Date('2030-02-28T23:59:59.999Z'), new Date(8.64e15)),
  keeps(
    'lists, empty and nested ones',
    [],
    [[]],
    [1, [2, [3, [null]]]],
    Array.from({ length: 1_000 }, (_, at) => at),
  ),
  keeps(
    'objects, empty and nested ones',
    {},
    { a: { b: { c: {} } } },
    { '': 1, '0': 2, 'a b': 3, length: 4, toJSON: 5 },
  ),
  keeps('fields and items that are undefined', { a: undefined, b: 1 }, [undefined], [1, undefined, null, undefined]),
  keeps(
    'maps, with keys of any kind',
    new Map(),
    new Map<unknown, unknown>([
      ['a', 1],
      [1, 'a'],
      [null, new Map([[{ k: 1 }, []]])],
    ]),
  ),
  keeps('sets', new Set(), new Set([1, '1', null, undefined, 1n]), new Set([[1], { a: new Set([2]) }])),
  keeps('buffers', Buffer.alloc(0), Buffer.from('bytes'), Buffer.from([0, 127, 128, 255])),
  keeps('byte arrays, apart from buffers', new Uint8Array(0), new Uint8Array([0, 255]), new Uint8Array(300).fill(7)),
  keeps(
    'typed arrays of every kind',
    new Int8Array([-1, 1]),
    new Uint8ClampedArray([0, 255]),
    new Int16Array([-300, 300]),
    new Uint16Array([65_535]),
    new Int32Array([-70_000]),
    new Uint32Array([4_294_967_295]),
    new Float32Array([1.5, -0, Number.NaN]),
    new Float64Array([Math.PI, -Infinity]),
    new BigInt64Array([-5n]),
    new BigUint64Array([2n ** 64n - 1n]),
  ),
  keeps('the part of a buffer that a view shows', new Uint8Array(view, 2, 8), new Uint32Array(view, 4, 1)),
  keeps('array buffers', new ArrayBuffer(0), new Uint8Array([1, 2, 3]).buffer),
  keeps('addresses', new URL('https://user:pw@example.org:8080/a%20b?q=1#part'), new URL('urn:x:y')),
  keeps('regular expressions', /a+/, /[/]"\n/giu, new RegExp('')),
  keeps('what is nested 200 deep', nested(200)),
  keeps(
    'objects with more fields than fit a small count',
    Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`f${at}`, at])),
  ),
  {
    name: 'keeps > fields that are named like those of every object',
    run: (serializer) => {
      const value = { constructor: 1, hasOwnProperty: [2], valueOf: null, length: 0 }

      expect(Object.entries(roundTrip(serializer, value) as object)).toStrictEqual(Object.entries(value))
    },
  },
  {
    name: 'keeps > sparse lists, with their holes and their length',
    run: (serializer) => {
      const sparse: unknown[] = []
      sparse[1] = 'one'
      sparse[4] = undefined
      sparse.length = 7

      const back = roundTrip(serializer, { sparse }) as { sparse: unknown[] }

      expect(back.sparse.length).toBe(7)
      expect(Object.entries(back.sparse)).toEqual([
        ['1', 'one'],
        ['4', undefined],
      ])
    },
  },
  {
    name: 'keeps > the same value twice in one, as two equal ones or one',
    run: (serializer) => {
      const shared = { list: [1] }

      expect(roundTrip(serializer, { a: shared, b: [shared, shared] })).toStrictEqual({
        a: shared,
        b: [shared, shared],
      })
    },
  },
  {
    name: 'keeps > objects without a prototype, as plain ones',
    run: (serializer) => {
      const bare = Object.assign(Object.create(null) as Record<string, unknown>, { a: 1 })

      expect({ ...(roundTrip(serializer, bare) as object) }).toStrictEqual({ a: 1 })
    },
  },
  {
    name: 'keeps > order: of fields, of a map and of a set',
    run: (serializer) => {
      const value = {
        z: 1,
        a: 2,
        m: new Map([
          ['z', 1],
          ['a', 2],
        ]),
        s: new Set(['z', 'a']),
      }

      const back = roundTrip(serializer, value) as typeof value

      expect([Object.keys(back), [...back.m.keys()], [...back.s]]).toEqual([
        ['z', 'a', 'm', 's'],
        ['z', 'a'],
        ['z', 'a'],
      ])
    },
  },
]

function nested(depth: number): unknown {
  let value: unknown = 'core'
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { in: value }
  return value
}
