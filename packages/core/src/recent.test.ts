import { describe, expect, it } from 'vitest'
import type { Invalidation } from './contracts.ts'
import { Recent } from './recent.ts'

function recent(capacity: number, ...invalidations: readonly Invalidation[]): Recent {
  const made = new Recent(capacity)
  for (const [at, what] of invalidations.entries()) made.add({ what, origin: 'local', at })
  return made
}

describe('Recent', () => {
  it('finds the latest invalidation that ends a key', () => {
    const seen = recent(
      10,
      { type: 'keys', names: ['a', 'b'] },
      { type: 'tags', names: ['t', 'u'] },
      { type: 'pattern', pattern: 'user:*' },
    )

    expect(seen.find('b', [])?.at).toBe(0)
    expect(seen.find('b', ['u'])?.at).toBe(1)
    expect(seen.find('user:1', ['u'])?.at).toBe(2)
    expect(seen.find('c', ['v'])).toBeUndefined()
  })

  it('knows that everything ends every key', () => {
    const seen = recent(10, { type: 'all' }, { type: 'keys', names: ['a'] })

    expect(seen.find('a', [])?.at).toBe(1)
    expect(seen.find('b', [])?.at).toBe(0)
  })

  it('remembers the last ones only, the latest first when it has gone round', () => {
    const seen = recent(
      2,
      { type: 'keys', names: ['a', 'b'] },
      { type: 'keys', names: ['a'] },
      { type: 'keys', names: ['a'] },
    )

    expect(seen.find('b', [])).toBeUndefined()
    expect(seen.find('a', [])?.at).toBe(2)
  })

  it('does not hold a long list of names for long', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `key-${index}`)
    const seen = recent(10, { type: 'keys', names })

    const found = seen.find('key-0', [])

    expect(found?.what).toEqual({ type: 'keys', names: names.slice(0, 100) })
  })
})
