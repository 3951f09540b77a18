import { createCache, type Cache } from '@holdfast/core'
import { mapStore } from '@holdfast/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCacheHandler, createIsrCacheHandler } from '../src/index.ts'

beforeEach(() => vi.stubEnv('NODE_ENV', 'production'))

afterEach(() => vi.unstubAllEnvs())

/** A cache that counts how often its remote store is asked for something. */
function countingCache() {
  let reads = 0
  const remote = {
    getMany: async (keys: readonly string[]) => {
      reads += 1
      return keys.map(() => undefined)
    },
    setMany: async () => [],
    deleteMany: async () => undefined,
    close: async () => undefined,
  }
  const cache = createCache({ remote, memory: mapStore() })
  onTestFinished(() => cache.close())
  return { cache, reads: () => reads }
}

/** Long enough for what was begun in this turn to have come about. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate)
}

describe('a handler of a server', () => {
  it.each([
    ["'use cache'", createCacheHandler],
    ['pages', createIsrCacheHandler],
  ])('connects before the first request does: %s', async (_, create) => {
    const { cache, reads } = countingCache()

    create({ cache: () => cache })

    expect(reads()).toBe(0)
    await vi.waitFor(() => expect(reads()).toBeGreaterThan(0))
  })

  it.each([
    ['NODE_ENV', 'development'],
    ['NEXT_PHASE', 'phase-production-build'],
  ])('waits for the first request where %s is %s', async (name, value) => {
    vi.stubEnv(name, value)
    const { cache, reads } = countingCache()
    const open = vi.fn(() => cache)

    createCacheHandler({ cache: open })
    await turns()

    expect(open).not.toHaveBeenCalled()
    expect(reads()).toBe(0)
  })

  it('lives on without a cache that cannot be made, and tries again for a request', async () => {
    const { cache } = countingCache()
    const uncaught = vi.fn()
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', uncaught)
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException')
      for (const listener of others) process.on('uncaughtException', listener)
    })
    const open = vi.fn<() => Cache>(() => cache)
    open.mockImplementationOnce(() => {
      throw new Error('no cache')
    })

    const handler = createCacheHandler({ cache: open })
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(1))
    await turns()

    expect(uncaught).not.toHaveBeenCalled()
    expect(await handler.get('key', [])).toBeUndefined()
    expect(open).toHaveBeenCalledTimes(2)
  })
})
