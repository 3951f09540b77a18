import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

describe('the options of a Redis store', () => {
  it.each([
    [{ prefx: 'shop:' }, 'Unknown option `prefx`. Did you mean `prefix`? Known ones: prefix, connections, batch, '],
    [{ batch: { maxkeys: 5 } }, 'Unknown option `maxkeys`. Did you mean `maxKeys`? Known ones: maxKeys, maxBytes.'],
    ['shop:', 'Expected options of a Redis store to be an object, got "shop:".'],
    [{ prefix: '' }, 'Expected `prefix` to be a non-empty string such as'],
    [{ onRestart: 'never' }, "Expected `onRestart` to be 'epoch', 'replay' or 'trust'"],
  ])('refuses %o', (options, message) => {
    expect(() => parseOptions(options as never)).toThrow(InvalidOptionError)
    expect(() => parseOptions(options as never)).toThrow(message)
  })
})
