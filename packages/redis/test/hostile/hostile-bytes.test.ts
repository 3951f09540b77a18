import { tryHostileBytes } from '@holdfast/testing'
import { describe, expect, it } from 'vitest'
import { decoders } from './decoders.ts'

describe('what a server or a channel says', () => {
  it.each(decoders)('is read as what it is, or not believed: $name', ({ samples, check }) => {
    expect(() => tryHostileBytes({ samples, count: 5_000 }, check)).not.toThrow()
  })
})
