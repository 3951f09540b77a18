import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { withBreaker } from '@holdfast/breaker'
import type { Cache } from '@holdfast/core'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import { startCluster, startSentinels, type RedisCluster } from '@holdfast/testing/redis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCache } from '../src/create-cache.ts'

const page = readFileSync(`${import.meta.dirname}/../../../docs/reference/faults.md`, 'utf8')
const names = Array.from({ length: 30 }, (_, n) => `key:${n}`)

/** A cache with default settings, as the fault matrix has it. */
function open(place: Parameters<typeof redisStore>[0]): Cache<number> {
  const cache = createCache<number>({
    remote: withBreaker(redisStore(place, { prefix: 'topology:' })),
    serializer: msgpack(),
  })
  onTestFinished(() => cache.close())
  return cache
}

/** Calls every operation again and again until the fault is over, against a truth of its own. */
async function suffer(cache: Cache<number>, fault: () => Promise<void>): Promise<string[]> {
  const complaints: string[] = []
  const truth = new Map(names.map((name) => [name, 0]))
  let isOver = false
  const check = async (what: string, run: () => Promise<void>): Promise<void> => {
    await run().catch((error: unknown) => complaints.push(`${what}: ${String(error)}`))
  }
  const use = async (name: string): Promise<void> => {
    for (let n = 1; !isOver; n++) {
      await check('getOrSet', async () => {
        const known = truth.get(name)!
        const value = await cache.getOrSet(name, () => truth.get(name)!, { tags: [`tag:${name}`] })
        if (value < known) complaints.push(`${name}: ${value} after ${known}`)
      })
      truth.set(name, n)
      await check('invalidate', async () => {
        if (n % 4 === 0) await cache.delete(name)
        else if (n % 4 === 1) await cache.invalidateTags([`tag:${name}`])
        else if (n % 4 === 2) await cache.update(name, () => Promise.resolve(n))
        else await cache.expire(name).then(() => cache.delete(name))
      })
      await check('getMany', async () => {
        const found = (await cache.getMany([name])).get(name) ?? n
        if (found < n) complaints.push(`${name}: ${found} after ${n}`)
      })
      await sleep(20)
    }
  }
  const users = names.map(use)
  await fault().finally(() => (isOver = true))
  await Promise.all(users)
  return complaints
}

async function hitsRedis(cache: Cache<number>): Promise<void> {
  await vi.waitFor(async () => {
    // What memory took during the outage would not be stored.
    for (const name of names) await cache.getOrSet(name, () => 1, { skipMemory: true })
    const found = await cache.getMany(names, { skipMemory: true })
    expect(found.size).toBe(names.length)
  }, 30_000)
}

const faults: readonly (readonly [row: string, play: (cluster: RedisCluster) => Promise<void>])[] = [
  [
    'primary killed',
    async (cluster) => {
      const victim = await cluster.ownerOf('topology:key:1')
      await victim.kill()
      await cluster.settled()
      await victim.restart({ data: 'empty' })
      await cluster.settled()
    },
  ],
  [
    'slot migrating',
    async (cluster) => {
      for (const name of names.slice(0, 8)) {
        const from = await cluster.ownerOf(`topology:${name}`)
        const to = (await cluster.primaries()).find((node) => node !== from)!
        const move = await cluster.beginMove(await cluster.slotOf(`topology:${name}`), to)
        await sleep(100)
        await move.keys(1)
        await sleep(100)
        await move.end()
      }
    },
  ],
  [
    'CLUSTERDOWN',
    async (cluster) => {
      const primary = await cluster.ownerOf('topology:key:2')
      const replica = await cluster.replicaOf(primary)
      await replica.kill()
      await primary.kill()
      await sleep(3_000)
      await primary.restart({ data: 'empty' })
      await replica.restart({ data: 'empty' })
      await cluster.settled()
    },
  ],
]

describe('a fault of a topology', () => {
  it.each(faults)(
    '%s: nothing rejects, nothing invalidated comes back, and hits do',
    async (row, play) => {
      await using cluster = await startCluster()
      const cache = open({ cluster: cluster.seeds })
      await hitsRedis(cache)

      expect(await suffer(cache, () => play(cluster))).toEqual([])
      await hitsRedis(cache)

      expect(page).toContain(`| **${row}**`)
    },
    240_000,
  )

  it('Sentinel failover: nothing rejects, nothing invalidated comes back, and hits do', async () => {
    await using watched = await startSentinels()
    const cache = open({ sentinels: [...watched.addresses], name: watched.name })
    await hitsRedis(cache)

    const complaints = await suffer(cache, async () => {
      const first = await watched.primary()
      await first.kill()
      await watched.failedOverFrom(first)
      await first.restart({ data: 'empty' })
      await watched.settled()
    })

    expect(complaints).toEqual([])
    await hitsRedis(cache)
    expect(page).toContain('| **Sentinel failover**')
  }, 240_000)
})
