import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { msgpack } from './msgpack.ts'

describe('msgpack', () => {
  it.each([
    [{ compres: { above: 1 } }, 'Unknown option `compres`. Did you mean `compress`? Known ones: compress.'],
    [{ compress: { above: '4kb', methd: 'zstd' } }, 'Unknown option `methd`. Did you mean `method`?'],
    [{ compress: '4kb' }, 'Expected compress to be an object, got "4kb".'],
    [{ compress: { above: '4kb', method: 'gzip' } }, "to be 'deflate', 'brotli' or 'zstd', got \"gzip\"."],
    [5, 'Expected options of msgpack to be an object, got 5.'],
  ])('refuses %o', (options, message) => {
    expect(() => msgpack(options as never)).toThrow(InvalidOptionError)
    expect(() => msgpack(options as never)).toThrow(message)
  })
})
