import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('very many byte strings from outside', () => {
  it.each(decoders)(
    'are refused or read as a value that can be written: $name',
    { timeout: 300_000 },
    ({ samples, many, check }) => {
      expect(() => tryHostileBytes({ samples, count: many, seed: 2 }, check)).not.toThrow()
    },
  )
})
