import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { msgpack } from './msgpack.ts'

describe('msgpack', () => {
  it.each([
    [{ compres: { above: 1 } }, 'Unknown option `compres`. Did you mean `compress`? Known ones: compress.'],
    [{ compress: { above: '4kb', methd: 'zstd' } }, 'Unknown option `methd`. Did you mean `method`?'],
    [{ compress: '4kb' }, 'Expected compress to be an object, got "4kb".'],
    [{ compress: { above: '4kb', method: 'gzip' } }, "to be 'deflate', 'brotli' or 'zstd', got \"gzip\"."],
    [
      { compress: { above: '4kb', method: 'zstd', level: 20 } },
      '`compress.level` to be a whole number from 1 to 19, got 20.',
    ],
    [{ compress: { above: '4kb', method: 'brotli', level: -1 } }, 'from 0 to 11, got -1.'],
    [{ compress: { above: '4kb', method: 'deflate', level: 2.5 } }, 'from 1 to 9, got 2.5.'],
    [{ compress: { above: '4kb', level: '3' } }, 'to be a whole number'],
    [5, 'Expected options of msgpack to be an object, got 5.'],
  ])('refuses %o', (options, message) => {
    expect(() => msgpack(options as never)).toThrow(InvalidOptionError)
    expect(() => msgpack(options as never)).toThrow(message)
  })
  it.each(['deflate', 'brotli', 'zstd'] as const)('compresses by %s as hard as it is told to', (method) => {
    const value = Array.from({ length: 2_000 }, (_, i) => `a row of ${(i * 7_919) % 1_000} and ${i % 13}`)
    const [quick, small] = [1, 9].map(
      (level) => msgpack({ compress: { above: '1kb', method, level } }).serialize(value).length,
    ) as [number, number]

    expect(small).toBeLessThan(quick)
    expect(quick).toBeLessThan(msgpack().serialize(value).length / 2)
  })

  it('compresses by what the machine has, where nobody says how, and only what is large enough', () => {
    const [plain, any] = [msgpack(), msgpack({ compress: { above: '1kb' } })]
    const [short, long] = ['x'.repeat(900), 'x'.repeat(2_000)]

    expect(any.serialize(short)).toEqual(plain.serialize(short))
    expect(any.serialize(long).length).toBeLessThan(100)
    expect(plain.deserialize(any.serialize(long))).toBe(long)
  })
})
