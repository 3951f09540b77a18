import { createCache, type Cache, type RemoteStore } from '@holdfast/core'
import { startRedis } from '@holdfast/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisStore } from '../../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const sessions = 200

const server = await startRedis()
const stores: RemoteStore[] = []
const caches: Cache[] = []

beforeAll(async () => {
  for (let at = 0; at < sessions; at++) {
    const store = redisStore(server.url, { prefix: 'scale:', connectTimeout: '60s', heartbeatTimeout: '60s' })
    stores.push(store)
    caches.push(
      createCache({
        memory: mapStore(),
        remote: store,
        remoteTimeout: '60s',
        coherence: { maxStaleness: '30m', heartbeat: '5m' },
        fleetSingleFlight: true,
        ttl: '10m',
      }),
    )
    // One after another, as a fleet is rolled out.
    await caches.at(-1)!.ping()
  }
}, 120_000)

afterAll(async () => {
  await Promise.all(caches.map((cache) => cache.close()))
  await server.stop()
}, 60_000)

/** All that was announced before has been heard by every process. */
async function allHaveHeard(): Promise<void> {
  await Promise.all(stores.map((store) => store.barrier!('k', { deadlineAt: Date.now() + 60_000 })))
}

describe(`${sessions} processes that listen`, () => {
  it('serve nothing that was invalidated, and load once for each version', async () => {
    let version = 0
    let loads = 0
    const load = async (): Promise<number> => {
      loads++
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
      return version
    }
    const rounds = 8

    for (let round = 1; round <= rounds; round++) {
      const writer = caches[(round * 37) % sessions]!
      version++
      await (round % 2 === 0 ? writer.invalidateTags('t') : writer.delete('k'))
      await allHaveHeard()

      const values = await Promise.all(caches.map((cache) => cache.getOrSet('k', load, { tags: ['t'] })))

      expect(new Set(values)).toEqual(new Set([version]))
    }
    expect(loads).toBe(rounds)
    expect(caches.map((cache) => cache.stats().shared.gaps)).toEqual(Array(sessions).fill(0))
  }, 120_000)

  it('hear of fifty keys in one announcement', async () => {
    const keys = Array.from({ length: 50 }, (_, at) => `many:${at}`)
    await caches[0]!.setMany(keys.map((key) => [key, 'v1']))
    await Promise.all(caches.map((cache) => cache.getMany(keys)))
    const before = caches[1]!.stats().shared.heard

    await caches[0]!.delete(keys)
    await allHaveHeard()

    expect(caches[1]!.stats().shared.heard - before).toBe(1)
    for (const cache of caches) expect((await cache.getMany(keys)).size).toBe(0)
  }, 120_000)
})
