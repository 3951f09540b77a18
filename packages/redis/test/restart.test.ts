import { createCache, type Cache } from '@holdfast/core'
import { startRedis } from '@holdfast/testing/redis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { OnRestart } from '../src/options.ts'
import { redisStore } from '../src/redis-store.ts'

/**
 * Two processes; then Redis is killed and comes back from a file that is older than an invalidation that it had acknowledged. Both
 * read without memory: what they get stands in Redis.
 */
async function restored(onRestart: OnRestart | undefined, invalidate: (cache: Cache<string>) => Promise<unknown>) {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const open = (): Cache<string> => {
    const options = onRestart === undefined ? {} : { onRestart }
    const cache = createCache<string>({ remote: redisStore(redis.url, { prefix: 'restart:', ...options }), ttl: '1h' })
    onTestFinished(() => cache.close())
    return cache
  }
  const [a, b] = [open(), open()]
  const areReady = () =>
    vi.waitFor(() => expect([a, b].map((cache) => cache.describe().remote?.state)).toEqual(['ready', 'ready']), 5_000)
  await areReady()
  await a.set('key', 'old', { tags: ['t'] })
  // Of one that is not there any more: a write of one that is there is replayed as a removal.
  const former = open()
  await vi.waitFor(
    async () => expect(await former.set('kept', 'kept')).toEqual({ reached: 'all', queued: false }),
    10_000,
  )
  await former.close()
  await redis.save()
  expect(await invalidate(a)).toEqual({ reached: 'all', queued: false })
  await redis.restart({ data: 'older' })
  await vi.waitFor(() => expect(Number(b.describe().remote?.details?.['sessions'])).toBeGreaterThan(1), 5_000)
  await vi.waitFor(() => expect(Number(a.describe().remote?.details?.['sessions'])).toBeGreaterThan(1), 5_000)
  await areReady()
  const read = async (cache: Cache<string>) => [await cache.get('key'), await cache.get('kept')]
  return [await read(a), await read(b)]
}

describe('a Redis that comes back from an older file', () => {
  it('is not believed about the past', async () => {
    const gone = [undefined, undefined]
    expect(await restored(undefined, (cache) => cache.delete('key'))).toEqual([gone, gone])
  })

  it.each([
    ['a key', (cache: Cache<string>) => cache.delete('key')],
    ['a tag', (cache: Cache<string>) => cache.invalidateTags(['t'])],
    ['a write', (cache: Cache<string>) => cache.set('key', 'new')],
  ])('gets again what was invalidated of late, where that is asked for: %s', async (_, invalidate) => {
    expect(await restored('replay', invalidate)).toEqual([
      [undefined, 'kept'],
      [undefined, 'kept'],
    ])
  })

  it('begins anew where everything was cleared of late', async () => {
    const gone = [undefined, undefined]
    expect(await restored('replay', (cache) => cache.clear())).toEqual([gone, gone])
  })

  it('is believed where that is asked for, right or wrong', async () => {
    const back = ['old', 'kept']
    expect(await restored('trust', (cache) => cache.delete('key'))).toEqual([back, back])
  })

  it('is believed in one of three ways', () => {
    expect(() => redisStore('redis://localhost', { onRestart: 'hope' as never })).toThrow(
      `Expected \`onRestart\` to be 'epoch', 'replay' or 'trust', got "hope"`,
    )
    expect(() => redisStore('redis://localhost', { replayWindow: '0ms' })).toThrow('`replayWindow`')
  })
})
