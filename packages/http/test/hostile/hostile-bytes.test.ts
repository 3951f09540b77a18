import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('bytes of a store or a peer', () => {
  it.each(decoders)('are read as what they are, or not believed: $name', ({ samples, check }) => {
    expect(() => tryHostileBytes({ samples, count: 5_000 }, check)).not.toThrow()
  })
})
