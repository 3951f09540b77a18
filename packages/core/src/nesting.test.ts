import { describe, expect, it } from 'vitest'
import { SerializationError } from './errors.ts'
import { Nesting } from './nesting.ts'

const enterAll = (nesting: Nesting, values: readonly object[]): void => values.forEach((value) => nesting.enter(value))
const objects = (count: number): object[] => Array.from({ length: count }, () => ({}))

describe('Nesting', () => {
  it('lets a value in as deep as it says, and none deeper', () => {
    const nesting = new Nesting(20)
    enterAll(nesting, objects(20))

    expect(() => nesting.enter({})).toThrow(
      new SerializationError('A value nested deeper than 20 levels cannot be serialized.'),
    )
  })

  it('is a thousand levels deep, where nothing is said', () => {
    const nesting = new Nesting()
    enterAll(nesting, objects(1_000))

    expect(() => nesting.enter({})).toThrow('A value nested deeper than 1000 levels cannot be serialized.')
  })

  it('finds what contains itself', () => {
    const nesting = new Nesting()
    enterAll(nesting, objects(16))
    const around = {}
    nesting.enter(around)
    nesting.enter({})

    expect(() => nesting.enter(around)).toThrow(
      new SerializationError('A value that contains itself cannot be serialized.'),
    )
  })

  it('lets in twice what is left in between', () => {
    const nesting = new Nesting(20)
    enterAll(nesting, objects(16))
    const twice = {}
    for (let i = 0; i < 100; i++) {
      nesting.enter(twice)
      nesting.leave()
    }

    expect(() => nesting.enter(twice)).not.toThrow()
  })

  it('begins anew when it is reset, whatever it was in', () => {
    const nesting = new Nesting(20)
    const values = objects(20)
    enterAll(nesting, values)
    nesting.reset()

    expect(() => enterAll(nesting, values.toReversed())).not.toThrow()
  })
})
