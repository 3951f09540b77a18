import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('bytes from outside', () => {
  it.each(decoders)('are refused or read as what they are: $name', ({ samples, check }) => {
    expect(() => tryHostileBytes({ samples, count: 5_000 }, check)).not.toThrow()
  })
})
