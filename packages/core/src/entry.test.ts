import { describe, expect, it } from 'vitest'
import { guardedEntry, isDead, isGood, makeEntry } from './entry.ts'

const now = Date.now()
const life = { createdAt: now, staleAt: now + 60_000, expiresAt: now + 90_000 }
const dead = Number.NEGATIVE_INFINITY

describe('an entry', () => {
  it('is what it was made of, in whole milliseconds', () => {
    const entry = makeEntry('value', { createdAt: now + 0.4, staleAt: now + 1.6, expiresAt: now + 2 }, ['t'], [])

    expect(entry.value).toBe('value')
    expect([entry.createdAt, entry.staleAt, entry.expiresAt]).toEqual([now, now + 2, now + 2])
    expect(entry.tags).toEqual(['t'])
  })

  it('holds instants as far away as there are', () => {
    const entry = makeEntry('value', { createdAt: 0, staleAt: now + 1e12, expiresAt: now + 3e12 })

    expect([entry.createdAt, entry.staleAt, entry.expiresAt]).toEqual([0, now + 1e12, now + 3e12])
    expect([entry.tags, entry.guards]).toEqual([[], []])
  })

  it('is given other guards, and a life that ends no later', () => {
    const guard = { goodUntil: 1 }
    const entry = makeEntry('value', life, ['t'])

    const guarded = guardedEntry(entry, [guard])
    const bounded = guardedEntry(entry, [guard], now + 70_000)

    expect(guarded).toMatchObject({ ...life, value: 'value', tags: ['t'], guards: [guard] })
    expect(bounded).toMatchObject({ createdAt: now, staleAt: now + 60_000, expiresAt: now + 70_000 })
    expect(guardedEntry(entry, [], now + 10)).toMatchObject({ staleAt: now + 10, expiresAt: now + 10 })
  })
})

describe('guards', () => {
  it('are good as long as every one is', () => {
    const [a, b] = [{ goodUntil: 10 }, { goodUntil: 20 }]
    const entry = makeEntry('value', life, [], [a, b])

    expect([9, 10, 19].map((at) => isGood(entry, at))).toEqual([true, false, false])
    expect(isDead(entry)).toBe(false)
    b.goodUntil = dead
    expect(isGood(entry, 0)).toBe(false)
    expect(isDead(entry)).toBe(true)
  })

  it('are not needed', () => {
    const bare = { ...life, value: 'value', tags: [] }

    expect(isGood(bare, now)).toBe(true)
    expect(isDead(bare)).toBe(false)
    expect(isGood(makeEntry('value', life), now)).toBe(true)
  })
})
