import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('a million things that a server or a channel says', () => {
  it.each(decoders)('is read as what it is, or not believed: $name', { timeout: 300_000 }, ({ samples, check }) => {
    expect(() => tryHostileBytes({ samples, count: 250_000, seed: 2 }, check)).not.toThrow()
  })
})
