import { describe, expect, it } from 'vitest'
import { createCache } from './create-cache.ts'

describe('createCache', () => {
  it('has a memory tier of 10,000 entries', async () => {
    await using cache = createCache()
    await cache.set('key', 1)

    expect(await cache.get('key')).toBe(1)
    expect(cache.stats().shared).toMatchObject({ memoryEntries: 1, memoryMaxEntries: 10_000 })
  })

  it.each([
    ['redis://me:secret@localhost', 'Expected options to be an object, got "redis://…@localhost".'],
    [null, 'Expected options to be an object, got null.'],
    [{ redis: 'redis://localhost' }, 'Unknown option `redis` of a cache.'],
  ])('refuses %o', (options, message) => {
    expect(() => createCache(options as never)).toThrow(message)
  })

  it('has none when told so', async () => {
    await using cache = createCache({ memory: false })

    expect(cache.describe().memory).toBe(false)
  })
})
