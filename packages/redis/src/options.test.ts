import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

describe('the options of a Redis store', () => {
  it.each([
    [{ prefx: 'shop:' }, 'Unknown option `prefx`. Did you mean `prefix`? Known ones: prefix, connections, batch, '],
    [{ batch: { maxkeys: 5 } }, 'Unknown option `maxkeys`. Did you mean `maxKeys`? Known ones: maxKeys, maxBytes.'],
    ['shop:', 'Expected options of a Redis store to be an object, got "shop:".'],
    [{ prefix: '' }, 'Expected `prefix` to be a non-empty string such as'],
    [{ connections: 0 }, 'Expected `connections` to be a whole number from 1 to 64, got 0.'],
    [{ connections: 65 }, 'Expected `connections` to be a whole number from 1 to 64, got 65.'],
    [{ connections: 1.5 }, 'Expected `connections` to be a whole number from 1 to 64, got 1.5.'],
    [{ batch: { maxKeys: 0 } }, 'Expected `batch.maxKeys` to be a whole number of at least 1, got 0.'],
    [{ maxTags: -1 }, 'Expected `maxTags` to be a whole number of at least 1, got -1.'],
    [{ heartbeatTimeout: '0ms' }, 'Expected `heartbeatTimeout` to be longer than nothing, got 0ms.'],
    [{ onRestart: 'never' }, "Expected `onRestart` to be 'epoch', 'replay' or 'trust'"],
  ])('refuses %o', (options, message) => {
    expect(() => parseOptions(options as never)).toThrow(InvalidOptionError)
    expect(() => parseOptions(options as never)).toThrow(message)
  })
})
