import { describe, expect, it } from 'vitest'
import { Journal } from './journal.ts'

describe('Journal', () => {
  it('holds each name once, and gives everything out once', () => {
    const journal = new Journal(10)
    journal.addKeys(['a', 'b', 'a'])
    journal.addTags(['t'])
    journal.addKeys(['b'])

    expect(journal.size).toBe(3)
    expect(journal.take()).toEqual({ keys: ['a', 'b'], tags: ['t'], all: false })
    expect(journal.take()).toBeUndefined()
    expect(journal.size).toBe(0)
  })

  it('becomes one entry, everything, when it overflows', () => {
    const journal = new Journal(3)
    journal.addKeys(['a', 'b'])
    journal.addTags(['t'])
    expect(journal.size).toBe(3)

    journal.addTags(['u'])

    expect(journal.size).toBe(1)
    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })

  it('does not grow while it says everything', () => {
    const journal = new Journal(10)
    journal.addAll()
    journal.addKeys(['a'])
    journal.addTags(['t'])

    expect(journal.size).toBe(1)
    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })

  it('takes back what could not be applied', () => {
    const journal = new Journal(10)
    journal.restore({ keys: ['a'], tags: ['t'], all: false })
    journal.addKeys(['b'])

    expect(journal.take()).toEqual({ keys: ['a', 'b'], tags: ['t'], all: false })
    journal.restore({ keys: ['a'], tags: [], all: true })
    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })

  it('tells what it concerns', () => {
    const journal = new Journal(10)
    expect(journal.concerns('a', ['t'])).toBe(false)

    journal.addKeys(['a'])
    journal.addTags(['t'])

    expect(journal.concerns('a', [])).toBe(true)
    expect(journal.concerns('b', ['u', 't'])).toBe(true)
    expect(journal.concerns('b', ['u'])).toBe(false)
    journal.addAll()
    expect(journal.concerns('b', [])).toBe(true)
  })

  it('keeps what is added while what it held is applied, the same names too', () => {
    const journal = new Journal(10)
    journal.addKeys(['a', 'b'])
    journal.addTags(['t'])
    const { until, ...held } = journal.peek()!
    journal.addKeys(['a', 'c'])

    journal.applied(until)

    expect(held).toEqual({ keys: ['a', 'b'], tags: ['t'], all: false })
    expect(journal.take()).toEqual({ keys: ['a', 'c'], tags: [], all: false })
  })

  it('says everything again when something was added while everything was applied', () => {
    const journal = new Journal(10)
    journal.addAll()
    const { until } = journal.peek()!
    journal.addKeys(['a'])

    journal.applied(until)

    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
    journal.addAll()
    journal.applied(journal.peek()!.until)
    expect(journal.size).toBe(0)
  })
})
