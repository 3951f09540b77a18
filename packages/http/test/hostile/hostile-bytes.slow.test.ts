import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('very many bytes of a store or a peer', () => {
  it.each(decoders)('are read as what they are, or not believed: $name', { timeout: 300_000 }, ({ samples, check }) => {
    expect(() => tryHostileBytes({ samples, count: 100_000, seed: 2 }, check)).not.toThrow()
  })
})
