import { createCache } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { createIsrCacheHandler } from './isr-handler.ts'
import { createCacheHandler } from './use-cache-handler.ts'

describe('the options of a handler', () => {
  it('are refused with what to write', () => {
    const cache = createCache()

    expect(() => createCacheHandler({ cache: undefined as never })).toThrow('Expected `cache` to be a cache')
    expect(() => createCacheHandler({ cache, maxAge: 60 as never })).toThrow('maxAge')
    expect(() => createCacheHandler({ cache, maxAge: '0ms' })).toThrow('Expected `maxAge` to be above 0')
    expect(() => createIsrCacheHandler({ cache, buildId: 1 as never })).toThrow('Expected `buildId` to be a string')
  })

  it('take a cache that is made when it is first needed', async () => {
    let made = 0
    const handler = createCacheHandler({
      cache: () => {
        made++
        return createCache()
      },
    })
    expect(made).toBe(0)

    await handler.get('key', [])

    expect(made).toBe(1)
  })
})
