import { startRedis } from '@holdfast/testing/redis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/redis-store.ts'

const mb = 1024 * 1024

it('removes what is too large to be read once a read of it ran out of time, and nothing else', async () => {
  await using redis = await startRedis()
  const store = redisStore(redis.url, { prefix: 'large:' })
  onTestFinished(() => store.close())
  const soon = (ms: number) => ({ deadlineAt: performance.timeOrigin + performance.now() + ms })
  await store.ping?.(soon(5_000))
  await redis.command('SETRANGE', 'large:foreign', 64 * mb - 1, 'x')
  await redis.command('SETRANGE', 'large:fair', mb - 1, 'x')

  await expect(store.getMany(['foreign', 'fair'], soon(2))).rejects.toMatchObject({
    code: 'ERR_HOLDFAST_REMOTE_TIMEOUT',
  })

  await vi.waitFor(async () => expect(await redis.command('STRLEN', 'large:foreign')).toBe(0), 5_000)
  expect(await redis.command('STRLEN', 'large:fair')).toBe(mb)
  expect(await store.getMany(['foreign'], soon(5_000))).toEqual([undefined])
})
