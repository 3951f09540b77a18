import { describe, expect, it } from 'vitest'
import { Journal } from './journal.ts'

const few = (maxEntries: number): Journal => new Journal({ maxEntries, maxBytes: 1_000_000 })

describe('Journal', () => {
  it('holds each name once, and gives everything out once', () => {
    const journal = few(10)
    journal.addKeys(['a', 'b', 'a'])
    journal.addTags(['t'])
    journal.addKeys(['b'])

    expect(journal.size).toBe(3)
    expect(journal.take()).toEqual({ keys: ['a', 'b'], tags: ['t'], all: false })
    expect(journal.take()).toBeUndefined()
  })

  it('becomes one entry, everything, when it overflows', () => {
    const journal = few(3)
    journal.addKeys(['a', 'b'])
    journal.addTags(['t'])
    expect(journal.size).toBe(3)

    journal.addTags(['u'])

    expect(journal.size).toBe(1)
    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })

  it('is bounded in bytes, by what names take', () => {
    const journal = new Journal({ maxEntries: 1_000, maxBytes: 1_000 })
    journal.addKeys(['a', 'b'])
    expect(journal.bytes).toBe(132)

    journal.addKeys(['x'.repeat(500)])

    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
    expect(journal.bytes).toBe(0)
  })

  it('does not grow while it says everything', () => {
    const journal = few(10)
    journal.addAll()
    journal.addKeys(['a'])
    journal.addTags(['t'])

    expect(journal.size).toBe(1)
    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })

  it('takes back what could not be applied', () => {
    const journal = few(10)
    journal.addKeys(['a'])
    journal.addTags(['t'])
    const taken = journal.take()!
    journal.addKeys(['b'])

    journal.restore(taken)

    expect(journal.take()).toEqual({ keys: ['b', 'a'], tags: ['t'], all: false })
  })

  it('takes back everything', () => {
    const journal = few(10)
    journal.addAll()
    const taken = journal.take()!
    journal.addKeys(['b'])

    journal.restore(taken)

    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })

  it('knows what it concerns', () => {
    const journal = few(10)
    journal.addKeys(['a'])
    journal.addTags(['t'])

    expect(journal.concerns('a', [])).toBe(true)
    expect(journal.concerns('b', ['s', 't'])).toBe(true)
    expect(journal.concerns('b', ['s'])).toBe(false)
    journal.addAll()
    expect(journal.concerns('b', [])).toBe(true)
  })

  it('is concerned with what is being applied until it holds: a reply on its way may be older', () => {
    const journal = few(10)
    journal.addKeys(['a'])
    journal.addTags(['t'])
    const taken = journal.take()!

    expect([journal.size, journal.bytes]).toEqual([2, 132])
    expect([journal.concerns('a', []), journal.concerns('b', ['t']), journal.concerns('b', [])]).toEqual([
      true,
      true,
      false,
    ])
    journal.applied(taken)

    expect([journal.size, journal.bytes]).toEqual([0, 0])
    expect([journal.concerns('a', []), journal.concerns('b', ['t'])]).toEqual([false, false])
  })

  it('keeps what is added while what it held is applied, the same names too', () => {
    const journal = few(10)
    journal.addKeys(['a', 'b'])
    const taken = journal.take()!
    journal.addKeys(['a', 'c'])

    journal.applied(taken)

    expect(journal.take()).toEqual({ keys: ['a', 'c'], tags: [], all: false })
  })

  it('says everything again when something was added while everything was applied', () => {
    const journal = few(1)
    journal.addAll()
    const taken = journal.take()!
    journal.addKeys(['a'])

    journal.applied(taken)

    expect(journal.take()).toEqual({ keys: [], tags: [], all: true })
  })
})
