import * as fc from 'fast-check'
import { Unpackr } from 'msgpackr'
import { describe, expect, it } from 'vitest'

import { Encoder } from './encode.ts'
import { Reader, unread } from './reader.ts'

const encoder = new Encoder()
const msgpackr = new Unpackr({ mapsAsObjects: true, structuredClone: false, copyBuffers: true })
const byMsgpackr = (bytes: Buffer): unknown => msgpackr.unpack(Buffer.from(bytes))

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.integer(),
  fc.double(),
  fc.float(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  // Others are written as timestamps of 96 bits, which are left to msgpackr.
  fc.date({ min: new Date(0), max: new Date(2 ** 34 * 1_000 - 1), noInvalidDate: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)
const name = fc.string({ unit: 'binary', maxLength: 40 }).filter((key) => key !== '__proto__')
const value = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('tree'), { maxLength: 20 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 20 }),
    fc.array(fc.record({ id: fc.integer(), name: tie('tree'), tags: fc.array(fc.string()) }), { maxLength: 6 }),
  ),
})).tree

describe('what a value is made of most', () => {
  it('is read as msgpackr reads it, and left to nobody', () => {
    const reader = new Reader()

    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        for (const one of values) {
          const bytes = encoder.encode(one)
          const read = reader.read(bytes)
          expect(read).toStrictEqual(byMsgpackr(bytes))
        }
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  it('is read by code made for it once it is familiar, with other values and in other company', () => {
    const reader = new Reader()
    const rows = Array.from({ length: 20 }, (_, id) => ({ id, name: `n${id}`, at: new Date(id), nested: { id } }))

    for (const row of rows) expect(reader.read(encoder.encode(row))).toStrictEqual(row)
    expect(reader.read(encoder.encode(rows))).toStrictEqual(rows)
    for (const other of [{ id: 1, name: 'a', at: 2, other: 3 }, { id: 1 }, { name: 1, id: 2, at: 3, nested: 4 }])
      expect(reader.read(encoder.encode(other))).toStrictEqual(other)
  })

  it.each([15, 16, 17, 64])('is read where its rows have %i fields', (width) => {
    const fields = Array.from({ length: width }, (_, at) => `field ${at}`)
    const rows = Array.from({ length: 4 }, (_, id) => Object.fromEntries(fields.map((name) => [name, `${name} ${id}`])))

    expect(new Reader().read(encoder.encode(rows))).toStrictEqual(rows)
  })

  it('keeps no field of one object in another that begins alike', () => {
    const reader = new Reader()
    const alike = ['x', 'y', 'z'].map((last) => ({ a: { deep: [last] }, b: 2, [last]: 3 }))

    for (let round = 0; round < 10; round++)
      for (const one of alike) expect(reader.read(encoder.encode(one))).toStrictEqual(one)
  })

  it('has keys that are no names of variables, and code as a key does nothing', () => {
    const reader = new Reader()
    const odd = { 'a b': 1, '"]: (globalThis.hacked = 1), x': 2, '\u2028': 3, '7': 4, constructor: 5, ä: 6, '': 7 }

    for (let round = 0; round < 10; round++) expect(reader.read(encoder.encode(odd))).toStrictEqual(odd)
    expect('hacked' in globalThis).toBe(false)
  })
})

describe('what is wrong with bytes', () => {
  it('is left to msgpackr, or read as it does', () => {
    const reader = new Reader()

    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), fc.boolean(), (one, at, byte, isCut) => {
        const bytes = Buffer.from(encoder.encode(one))
        bytes[at % bytes.length] = byte
        const changed = isCut ? bytes.subarray(0, at % bytes.length) : bytes
        const read = reader.read(changed)
        expect(read).toStrictEqual(read === unread ? unread : byMsgpackr(changed))
      }),
      { numRuns: 1_000 },
    )
  }, 60_000)

  it('never makes it read the same again and again', () => {
    const reader = new Reader()
    for (const last of ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'])
      for (let round = 0; round < 4; round++) reader.read(encoder.encode({ a: 0, [last]: 0 }))
    // Each level begins like all of those, and ends like none: eight tries a level, sixty levels deep.
    let nested: unknown = 1
    for (let level = 0; level < 60; level++) nested = { a: nested, z: 0 }

    expect(reader.read(encoder.encode(nested))).toStrictEqual(nested)
  })

  it('is not a prototype of its own', () => {
    const reader = new Reader()
    const bytes = Buffer.concat([Buffer.from([0x81, 0xa9]), Buffer.from('__proto__'), Buffer.from([0x80])])

    expect(reader.read(bytes)).toBe(unread)
  })
})
