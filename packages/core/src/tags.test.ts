import { describe, expect, it } from 'vitest'
import { TagTable } from './tags.ts'

const dead = Number.NEGATIVE_INFINITY

describe('TagTable', () => {
  it('shares one guard for a tag between entries, and ends all of them at once', () => {
    const tags = new TagTable(10)
    const [first] = tags.guards(['t'])
    const [second, other] = tags.guards(['t', 'u'])
    expect(first).toBe(second)

    tags.invalidate(['t'])

    expect(first!.goodUntil).toBe(dead)
    expect(other!.goodUntil).toBe(Number.POSITIVE_INFINITY)
    expect(tags.guards(['t'])[0]!.goodUntil).toBe(Number.POSITIVE_INFINITY)
  })

  it('knows what was invalidated since', () => {
    const tags = new TagTable(10)
    const before = tags.seq
    tags.invalidate(['t'])
    const after = tags.seq

    expect(tags.invalidatedSince(['u', 't'], before)).toBe(true)
    expect(tags.invalidatedSince(['u'], before)).toBe(false)
    expect(tags.invalidatedSince(['t'], after)).toBe(false)
    expect(tags.invalidatedSince([], before)).toBe(false)
  })

  it('counts invalidations of something else, which end no tag', () => {
    const tags = new TagTable(10)
    const before = tags.seq
    tags.advance()

    expect(tags.seq).toBe(before + 1)
    expect(tags.invalidatedSince(['t'], before)).toBe(false)
  })

  it('ends all tags, those it does not know too', () => {
    const tags = new TagTable(10)
    const [guard] = tags.guards(['t'])
    const before = tags.seq

    tags.invalidateAll()

    expect(guard!.goodUntil).toBe(dead)
    expect(tags.size).toBe(0)
    expect(tags.invalidatedSince(['t'], before)).toBe(true)
    expect(tags.invalidatedSince(['never seen'], before)).toBe(true)
    expect(tags.invalidatedSince(['t'], tags.seq)).toBe(false)
    tags.guards(['t'])
    expect(tags.invalidatedSince(['t'], before)).toBe(true)
  })

  it('forgets the tag that was used longest ago, whose entries end', () => {
    const tags = new TagTable(2)
    const [a, b] = tags.guards(['a', 'b'])
    tags.guards(['a'])

    tags.guards(['c'])

    expect(tags.size).toBe(2)
    expect([a!.goodUntil, b!.goodUntil]).toEqual([Number.POSITIVE_INFINITY, dead])
  })

  it('answers for forgotten tags on the safe side', () => {
    const tags = new TagTable(1)
    const before = tags.seq
    tags.invalidate(['a'])
    const between = tags.seq
    tags.guards(['b'])

    expect(tags.invalidatedSince(['a'], before)).toBe(true)
    // Nobody knows any more that this one was not.
    expect(tags.invalidatedSince(['c'], before)).toBe(true)
    expect(tags.invalidatedSince(['a', 'c'], between)).toBe(false)
    tags.invalidate(['b'])
    tags.guards(['d'])
    tags.guards(['e'])
    expect(tags.invalidatedSince(['a'], between)).toBe(true)
  })

  it('does not remember a tag as invalidated because a later one was forgotten that never was', () => {
    const tags = new TagTable(1)
    tags.guards(['a'])
    const before = tags.seq
    tags.advance()
    tags.guards(['b'])

    expect(tags.invalidatedSince(['a'], before)).toBe(false)
  })

  it('tells which tags most was stored with, most first, and how often they were invalidated', () => {
    const tags = new TagTable(10)
    for (const stored of [['a'], ['b', 'c'], ['b', '@hidden'], ['c'], ['c']]) tags.guards(stored)
    tags.count(['a', 'b'])
    tags.count(['b'])

    const known = tags.known(2, (tag) => tag.startsWith('@'))

    expect(known).toEqual([
      { tag: 'c', stored: 3, invalidations: 0 },
      { tag: 'b', stored: 2, invalidations: 2 },
    ])
    expect(tags.known(10, () => false)).toHaveLength(4)
  })
})
