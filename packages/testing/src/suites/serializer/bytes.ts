import { SerializationError, type Serializer } from '@holdfast/core'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { keepable } from './keepable.ts'
import { expectToComeBack } from './round-trip.ts'
import type { SerializerCase } from './subject.ts'

/** How long reading foreign bytes may take: a length that they claim must not be believed before it is there. */
const longestMs = 1_000

export const byteCases: readonly SerializerCase[] = [
  {
    name: 'bytes > has a name that names the format',
    run: (serializer) => {
      expect(serializer.name).toMatch(/^[\w.+-]{1,32}$/)
    },
  },
  {
    name: 'bytes > gives back any value made of the types it keeps',
    run: (serializer) => {
      fc.assert(
        fc.property(keepable, (value) => {
          expectToComeBack(serializer, value)
        }),
        { numRuns: 500 },
      )
    },
  },
  {
    name: 'bytes > leaves earlier bytes alone when it serializes again',
    run: (serializer) => {
      const first = serializer.serialize({ first: 'x'.repeat(100) })
      const copy = Uint8Array.from(first)

      for (let index = 0; index < 200; index += 1) serializer.serialize({ other: 'y'.repeat(index * 50) })

      expect(Uint8Array.from(first)).toEqual(copy)
    },
  },
  {
    name: 'bytes > leaves the value as it was, and reads frozen ones',
    run: (serializer) => {
      const value = Object.freeze({ list: Object.freeze([1, new Date(5)]), map: new Map([['a', 1n]]) })
      const before = structuredClone(value)

      serializer.serialize(value)

      expect(value).toStrictEqual(before)
    },
  },
  {
    name: 'bytes > are read by another instance in another order',
    run: (serializer) => {
      const values = [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
        { a: 1, b: 2, c: 3 },
        { a: 'again', b: null },
      ]
      const all = values.map((value) => Uint8Array.from(serializer.serialize(value)))

      expect(all.toReversed().map((bytes) => serializer.deserialize(bytes))).toStrictEqual(values.toReversed())
    },
  },
  {
    name: 'bytes > of any other program are refused or read as something, and nothing worse',
    run: (serializer) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectNothingWorse(serializer, bytes)),
        { numRuns: 2_000 },
      )
      for (const bytes of claims) expectNothingWorse(serializer, bytes)
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    },
  },
  {
    name: 'bytes > that were cut or changed are refused or read as something, and nothing worse',
    run: (serializer) => {
      const arbitrary = fc.tuple(keepable, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }))
      fc.assert(
        fc.property(arbitrary, ([value, cut, at, change]) => {
          const bytes = Uint8Array.from(serializer.serialize(value))
          expectNothingWorse(serializer, bytes.slice(0, cut % bytes.length))
          bytes[at % bytes.length]! ^= change
          expectNothingWorse(serializer, bytes)
        }),
        { numRuns: 500 },
      )
    },
  },
]

/** Few bytes that claim to be much: lengths of four billion, in the headers of common formats, and text that pollutes. */
const claims: readonly Uint8Array[] = [
  [],
  [0xdd, 0xff, 0xff, 0xff, 0xff],
  [0xdf, 0xff, 0xff, 0xff, 0xff],
  [0xdb, 0xff, 0xff, 0xff, 0xff],
  [0xc6, 0xff, 0xff, 0xff, 0xff],
  [0xc9, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  Array.from({ length: 100_000 }, () => 0x91),
  [...Buffer.from('['.repeat(100_000))],
  [...Buffer.from('{"__proto__":{"polluted":true}}')],
  [0x81, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa8, ...Buffer.from('polluted'), 0xc3],
].map((bytes) => Uint8Array.from(bytes))

function expectNothingWorse(serializer: Serializer, bytes: Uint8Array): void {
  const began = performance.now()
  try {
    serializer.deserialize(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError)
  }
  expect(performance.now() - began).toBeLessThan(longestMs)
}
