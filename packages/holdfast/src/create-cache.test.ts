import { describe, expect, it } from 'vitest'
import { createCache } from './create-cache.ts'

describe('createCache', () => {
  it('has a memory tier of 10,000 entries', async () => {
    await using cache = createCache()
    await cache.set('key', 1)

    expect(await cache.get('key')).toBe(1)
    expect(cache.stats().shared).toMatchObject({ memoryEntries: 1, memoryMaxEntries: 10_000 })
  })

  it('has none when told so', async () => {
    await using cache = createCache({ memory: false })

    expect(cache.describe().memory).toBe(false)
  })
})
