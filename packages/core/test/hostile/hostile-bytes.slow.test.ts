import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('a million byte strings from outside', () => {
  it.each(decoders)('are refused or read as what they are: $name', { timeout: 300_000 }, ({ samples, check }) => {
    expect(() => tryHostileBytes({ samples, count: 1_000_000, seed: 2 }, check)).not.toThrow()
  })
})
