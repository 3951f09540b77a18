import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Uncacheable } from './uncacheable.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))

afterEach(() => vi.useRealTimers())

it('remembers a key for ten seconds', () => {
  const uncacheable = new Uncacheable()
  uncacheable.add('/me')
  vi.advanceTimersByTime(9_999)
  expect([uncacheable.has('/me'), uncacheable.has('/you')]).toEqual([true, false])

  vi.advanceTimersByTime(1)

  expect(uncacheable.has('/me')).toBe(false)
})

it('remembers no more than ten thousand, the last one in any case', () => {
  const uncacheable = new Uncacheable()
  const keys = Array.from({ length: 25_001 }, (_, i) => `/${i}`)

  for (const key of keys) uncacheable.add(key)

  const known = keys.filter((key) => uncacheable.has(key))
  expect(known.length).toBeLessThanOrEqual(10_000)
  expect(known).toContain('/25000')
})
