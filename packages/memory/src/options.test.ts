import { InvalidOptionError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { memoryStore } from './memory-store.ts'

describe('memoryStore', () => {
  it.each([
    [{ max: 5 }, 'Unknown option `max`. Did you mean `maxEntries`? Known ones: maxEntries, maxBytes, weigh, clock.'],
    [5, 'Expected options of a memory store to be an object, got 5.'],
    [{ maxEntries: 0 }, 'Expected `maxEntries` to be a whole number from 1 to 8388608, got 0.'],
    [{ weigh: 5 }, 'Expected `weigh` to be a function, got number.'],
  ])('refuses %o', (options, message) => {
    expect(() => memoryStore(options as never)).toThrow(InvalidOptionError)
    expect(() => memoryStore(options as never)).toThrow(message)
  })
})
