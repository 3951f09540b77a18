import { SerializationError } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { decode } from './decode.ts'

describe('the byte 0xC1', () => {
  it.each([
    ['an item', '92c101'],
    ['a field', '81a161c1'],
    ['an item of a set', 'd4730091c1'],
    ['the cause of an error of msgpackr', 'd4650093a54572726f72a16dc1'],
    ['what a mark would be', '93c104a166'],
  ])('is no value where the head says nothing of marks: %s', (_, hex) => {
    expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(SerializationError)
  })

  it('is no value where a mark cannot stand', () => {
    expect(() => decode(Buffer.from('c101d4650093a54572726f72a16dc1', 'hex'))).toThrow(SerializationError)
    expect(() => decode(Buffer.from('c10192a161c1', 'hex'))).toThrow(SerializationError)
  })

  it('stands in numbers and text like any other', () => {
    expect(decode(Buffer.from('d4730092ccc1a2c381', 'hex'))).toEqual(new Set([0xc1, 'Á']))
  })
})

describe('few bytes that claim to be many', () => {
  it('are given no room before they are there', () => {
    const before = process.resourceUsage().maxRSS
    const lists = ['dd01ffffff', 'dd00ffffff'.repeat(40), '91'.repeat(30) + 'dd01ffffff', 'ddffffffff', 'dfffffffff']
    const texts = ['dbffffffff', 'c6ffffffff', 'c9ffffffff74', 'c110ffffffff00', 'c120ffffffff00', 'c130ffffffff00']

    for (const hex of [...lists, ...texts]) expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(SerializationError)

    // A list of thirty-three million would take a quarter of a gigabyte.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1_024)
  })
})
