import { withBreaker } from '@holdfast/breaker'
import { redisStore } from '@holdfast/redis'
import { startRedis } from '@holdfast/testing/redis'
import { expect, it, vi } from 'vitest'
import { createCache } from '../src/create-cache.ts'

it('a Redis that is full is no failure: reads hit, invalidations hold, nothing is shut out', async () => {
  await using redis = await startRedis()
  const prefix = 'full:'
  await using cache = createCache<string>({ remote: withBreaker(redisStore(redis.url, { prefix })) })
  await using other = createCache<string>({ remote: withBreaker(redisStore(redis.url, { prefix })), memory: false })
  const remote = () => cache.stats().shared.remote
  await vi.waitFor(() => expect(remote()?.state).toBe('ready'), 5_000)
  for (let n = 0; n < 20; n++) await cache.set(`key:${n}`, 'old', { tags: [`tag:${n % 2}`] })
  const used = Number(/used_memory:(\d+)/.exec(String(await redis.command('INFO', 'memory')))![1])
  await redis.command('CONFIG', 'SET', 'maxmemory', used - 100_000, 'maxmemory-policy', 'noeviction')

  const read = await other.getMany(['key:0', 'key:1'])
  const written = []
  for (let n = 0; n < 10; n++) {
    written.push(await cache.set(`key:${n}`, 'new'))
    await cache.getOrSet(`cold:${n}`, async () => 'loaded', { tags: ['tag:0'] })
    written.push(await cache.delete(`cold:${n}`))
  }
  written.push(await cache.invalidateTags(['tag:1']), await cache.update('key:1', async () => 'updated'))
  const stale = await other.getMany(Array.from({ length: 20 }, (_, n) => `key:${n}`))

  await expect(redis.command('SET', 'is', 'full')).rejects.toThrow('OOM')
  expect([...read.values()]).toEqual(['old', 'old'])
  expect(written.filter(({ reached }) => reached !== 'all')).toEqual([])
  // Of those that were written or tagged nothing old is left.
  expect([...stale.keys()]).toEqual(['key:10', 'key:12', 'key:14', 'key:16', 'key:18'])
  expect(remote()).toMatchObject({ state: 'ready', details: { breakerOpened: 0, breakerWritesOpened: 0, sessions: 1 } })
  expect(cache.stats().shared).toMatchObject({ remoteErrors: 0, journalEntries: 0 })
})
