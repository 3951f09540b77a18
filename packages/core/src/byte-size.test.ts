import { describe, expect, it } from 'vitest'
import { parseByteSize } from './byte-size.ts'
import { InvalidOptionError } from './errors.ts'

describe('parseByteSize', () => {
  it.each([
    [1, 1],
    [1_000.9, 1_000],
    ['1b', 1],
    ['512kb', 524_288],
    ['64mb', 67_108_864],
    ['1.5GB', 1_610_612_736],
  ] as const)('reads %s as %i bytes', (size, bytes) => {
    expect(parseByteSize('maxBytes', size as never)).toBe(bytes)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '64', '64 mb', '-1mb', '1e3mb', '9999999999gb', null, {}])(
    'refuses %s and names the option',
    (size) => {
      expect(() => parseByteSize('maxBytes', size as never)).toThrow(InvalidOptionError)
      expect(() => parseByteSize('maxBytes', size as never)).toThrow('`maxBytes`')
    },
  )
})
