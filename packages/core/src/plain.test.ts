import { describe, expect, it } from 'vitest'
import { SerializationError } from './errors.ts'
import { indicesIfSparse, refuseSymbols, sparseArray } from './plain.ts'

const withHole = (length: number, hole: number): number[] => {
  const array = Array.from({ length }, (_, index) => index)
  Reflect.deleteProperty(array, hole)
  return array
}

describe('indicesIfSparse', () => {
  it.each<[string, readonly unknown[]]>([
    ['nothing', []],
    ['one element', ['a']],
    ['elements that are undefined', [undefined, undefined]],
    ['many elements', Array.from({ length: 1_001 }, () => 1)],
    ['many objects', Array.from({ length: 1_001 }, () => ({}))],
    ['many elements, one of them undefined', Array.from({ length: 1_001 }, (_, at) => (at === 500 ? undefined : at))],
  ])('finds no hole in an array of %s', (_, array) => {
    expect(indicesIfSparse(array)).toBeUndefined()
  })

  it.each<[string, readonly unknown[], number]>([
    ['first', withHole(3, 0), 2],
    ['last', withHole(3, 2), 2],
    ['last of many', withHole(1_001, 1_000), 1_000],
    ['middle of many', withHole(1_001, 500), 1_000],
    ['only one', withHole(1, 0), 0],
  ])('names the elements when the %s is a hole', (_, array, count) => {
    expect(indicesIfSparse(array)).toHaveLength(count)
  })

  it('names them by number, in order', () => {
    expect(indicesIfSparse(withHole(4, 1))).toEqual([0, 2, 3])
  })

  it.each<[string, readonly unknown[]]>([
    ['a field', Object.assign([1], { a: 1 })],
    ['a field in the place of a hole', Object.assign(withHole(2, 1), { a: 1 })],
    ['a field that looks like an index', Object.assign([1], { '01': 1 })],
    ['a negative index', Object.assign([1], { '-1': 1 })],
    ['an index beyond every array', Object.assign([1], { 4294967295: 1 })],
  ])('refuses an array with %s besides its elements', (_, array) => {
    expect(() => indicesIfSparse(array)).toThrow(
      new SerializationError('A field on an array, besides its elements, would be lost.'),
    )
  })

  it('refuses an instance of a class that extends arrays, naming it', () => {
    class Rows extends Array<number> {}

    expect(() => indicesIfSparse(new Rows())).toThrow(
      new SerializationError('An instance of Rows would come back as an array: copy it to one.'),
    )
  })
})

describe('sparseArray', () => {
  it('has its length and its elements, and holes elsewhere', () => {
    const array = sparseArray(4, [
      [1, 'b'],
      [3, undefined],
    ])

    expect(array).toHaveLength(4)
    expect(Object.keys(array)).toEqual(['1', '3'])
    expect([array[1], array[3]]).toEqual(['b', undefined])
  })

  it('may be as long as an array can be, with an element at its end', () => {
    const array = sparseArray(0xffff_ffff, [[0xffff_fffe, 'last']])

    expect(array).toHaveLength(0xffff_ffff)
    expect(Object.keys(array)).toEqual(['4294967294'])
  })

  it('may have an element at its beginning, or none at all', () => {
    expect(sparseArray(2, [[0, 'a']])[0]).toBe('a')
    expect(sparseArray(2, [])).toHaveLength(2)
  })

  it.each<[unknown, unknown]>([
    [-1, 0],
    [1.5, 0],
    ['2', 0],
    [0x1_0000_0000, 0],
    [Number.NaN, 0],
    [2, 2],
    [2, -1],
    [2, '1'],
    [2, 0.5],
  ])('refuses length %o with an element at %o', (length, index) => {
    expect(() => sparseArray(length, [[index, 1]])).toThrow(
      new SerializationError('The bytes hold an array with a wrong index.'),
    )
  })
})

describe('refuseSymbols', () => {
  it('refuses a field named by a symbol, unless it is hidden', () => {
    const hidden = Object.defineProperty({ a: 1 }, Symbol('s'), { value: 1, enumerable: false })

    expect(() => refuseSymbols(hidden)).not.toThrow()
    expect(() => refuseSymbols({ [Symbol('s')]: 1 })).toThrow(
      new SerializationError('A field that is named by a symbol would be lost.'),
    )
  })
})
