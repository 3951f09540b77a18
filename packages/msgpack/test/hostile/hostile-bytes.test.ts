import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('bytes from outside', () => {
  it.each(decoders)('are refused or read as a value that can be written: $name', ({ samples, few, check }) => {
    expect(() => tryHostileBytes({ samples, count: few }, check)).not.toThrow()
  })
})
