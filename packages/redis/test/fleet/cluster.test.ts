import { setTimeout as sleep } from 'node:timers/promises'
import { createCache, type Cache } from '@holdfast/core'
import { startCluster } from '@holdfast/testing/redis'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { redisStore } from '../../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const cluster = await startCluster({ primaries: 3, replicas: 0 })
afterAll(() => cluster.stop())

function open(connections: number): Cache<string> {
  const cache = createCache<string>({
    memory: mapStore(),
    remote: redisStore({ cluster: cluster.seeds }, { prefix: 'fleet:', connections }),
    remoteTimeout: '5s',
    fleetSingleFlight: true,
  })
  onTestFinished(() => cache.close())
  return cache
}

it('loads keys of every node once, on several connections to each', async () => {
  const caches = [open(1), open(2), open(2)]
  await Promise.all(caches.map((cache) => cache.ping()))
  const loads = new Map<string, number>()
  const keys = Array.from({ length: 30 }, (_, at) => `key:${at}`)
  const load = async (key: string): Promise<string> => {
    loads.set(key, (loads.get(key) ?? 0) + 1)
    await sleep(100)
    return `value of ${key}`
  }

  const values = await Promise.all(
    caches.flatMap((cache) => keys.map((key) => cache.getOrSet(key, ({ key: asked }) => load(asked)))),
  )

  expect(new Set(values).size).toBe(keys.length)
  expect([...loads.values()]).toEqual(keys.map(() => 1))
}, 60_000)
