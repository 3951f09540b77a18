import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { msgpack } from './msgpack.ts'

/** Where the formats of lengths change: 4 and 5 bits, 8, 16, 32. */
const lengths = [0, 1, 15, 16, 31, 32, 33, 255, 256, 65_535, 65_536]

const many = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i))

function roundTrip(value: unknown): unknown {
  const serializer = msgpack()
  return serializer.deserialize(serializer.serialize(value))
}

describe('what is of any length comes back', () => {
  it.each<[string, (length: number) => unknown]>([
    ['text', (length) => 'x'.repeat(length)],
    ['text in another script', (length) => 'ж'.repeat(length)],
    ['a buffer', (length) => Buffer.alloc(length, 7)],
    ['bytes', (length) => new Uint8Array(length).fill(7)],
    ['numbers of 64 bits', (length) => new Float64Array(length).fill(0.5)],
    ['a list', (length) => many(length, (i) => i)],
    ['a Map', (length) => new Map(many(length, (i) => [`key ${i}`, i]))],
    ['a Set', (length) => new Set(many(length, (i) => i))],
    ['an object', (length) => Object.fromEntries(many(length, (i) => [`key ${i}`, i]))],
    ['a text as key', (length) => ({ ['k'.repeat(length)]: 1 })],
    ['a big integer', (length) => 2n ** BigInt(Math.min(length, 5_000)) - 1n],
  ])('%s', (_, make) => {
    for (const length of lengths) {
      const value = make(length)
      expect([length, isDeepStrictEqual(roundTrip(value), value)]).toEqual([length, true])
    }
  })

  it.each([1, 15, 16, 17, 40, 300])('records of %i fields', (width) => {
    const rows = many(5, (row) => Object.fromEntries(many(width, (i) => [`field ${i}`, `${row} ${i}`])))

    expect(roundTrip(rows)).toEqual(rows)
    expect(roundTrip({ first: rows[0], all: rows, last: new Map([['row', rows[4]]]) })).toEqual({
      first: rows[0],
      all: rows,
      last: new Map([['row', rows[4]]]),
    })
  })

  it('a view that only newer programs know', () => {
    const halves = new Float16Array([0.5, -2, 65_504])

    const back = roundTrip({ halves }) as { halves: unknown }

    expect(back.halves).toBeInstanceOf(Float16Array)
    expect(back.halves).toEqual(halves)
  })
})
