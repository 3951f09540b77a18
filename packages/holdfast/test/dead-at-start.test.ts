import { setTimeout as sleep } from 'node:timers/promises'
import { withBreaker } from '@holdfast/breaker'
import { redisStore } from '@holdfast/redis'
import { startFaultProxy, type FaultProxy } from '@holdfast/testing/proxy'
import { freePort, startRedis } from '@holdfast/testing/redis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createCache } from '../src/create-cache.ts'

/** Far more than a deadline, far less than any time-out of a connection. */
const patienceMs = 1_500

async function firstCalls(url: string): Promise<readonly unknown[]> {
  const cache = createCache<string>({
    remote: withBreaker(redisStore(url, { prefix: 'start:', connectTimeout: '30s' })),
  })
  onTestFinished(() => cache.close())
  const calls = [
    cache.getOrSet('key', async () => 'loaded'),
    cache.get('other'),
    cache.set('set', 'value'),
    cache.delete('gone'),
    cache.invalidateTags(['tag']),
  ]
  return Promise.all(calls.map((call) => Promise.race([call, sleep(patienceMs, 'still waits')])))
}

const queued = { reached: 'memory', queued: true }

it.each([
  ['accepts and never answers', (proxy: FaultProxy) => proxy.lose()],
  ['refuses', (proxy: FaultProxy) => proxy.refuse()],
])('the first calls after a start are bounded when Redis %s, and it is used once it is there', async (_, strike) => {
  await using redis = await startRedis()
  await using proxy = await startFaultProxy(redis)
  strike(proxy)

  expect(await firstCalls(proxy.url())).toEqual(['loaded', undefined, queued, queued, queued])

  await proxy.heal()
  const cache = createCache<string>({ remote: withBreaker(redisStore(proxy.url(), { prefix: 'start:' })) })
  onTestFinished(() => cache.close())
  await vi.waitFor(() => expect(cache.describe().remote?.state).toBe('ready'), 10_000)
})

it('the first calls are bounded when nobody listens there', async () => {
  const port = await freePort()

  expect(await firstCalls(`redis://127.0.0.1:${port}`)).toEqual(['loaded', undefined, queued, queued, queued])
})
