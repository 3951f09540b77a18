import { createCache, type Cache } from '@holdfast/core'
import { startCluster, startSentinels, type RedisCluster, type RedisServer } from '@holdfast/testing/redis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const processes = 4
const callers = 25
const prefix = 'fleet:'
/** Of one slot, so that all are struck. */
const names = ['{f}a', '{f}b', '{f}c']

type Place = Parameters<typeof redisStore>[0]

/** Caches with connections and a memory each, as processes have them. */
async function openFleet(place: Place): Promise<readonly Cache<string>[]> {
  const fleet = Array.from({ length: processes }, () =>
    createCache<string>({
      memory: mapStore(),
      remote: redisStore(place, { prefix }),
      ttl: '1h',
      remoteTimeout: '5s',
      timeout: '30s',
      coherence: { maxStaleness: '3s', heartbeat: '200ms' },
      fleetSingleFlight: true,
    }),
  )
  onTestFinished(async () => void (await Promise.all(fleet.map((cache) => cache.close()))))
  await ready(fleet)
  return fleet
}

async function ready(fleet: readonly Cache<string>[]): Promise<void> {
  await vi.waitFor(() => {
    for (const cache of fleet) {
      const { state, details } = cache.describe().remote!
      expect([state, details!['nodesReady']]).toEqual(['ready', details!['nodes']])
    }
  }, 20_000)
}

interface Stampede {
  /** What the callers of each key were given; rejections as text. */
  readonly values: readonly ReadonlySet<string>[]
  /** How often each key was loaded. */
  readonly loads: readonly number[]
}

/** All callers of all processes read all keys; the loads that have begun end when the fault is over. */
async function stampede(fleet: readonly Cache<string>[], fault: () => Promise<void>): Promise<Stampede> {
  const over = Promise.withResolvers<void>()
  const loads = names.map(() => fleet.map(() => 0))
  const waits = (): number => fleet.reduce((sum, cache) => sum + cache.stats().fleetWaits, 0)
  const before = waits()
  const read = (cache: Cache<string>, process: number, key: number): Promise<string> =>
    cache
      .getOrSet(names[key]!, async () => {
        const number = ++loads[key]![process]!
        await over.promise
        return `load ${number} of process ${process}`
      })
      .catch((error: unknown) => String(error))
  const reads = names.map((_, key) =>
    fleet.flatMap((cache, process) => Array.from({ length: callers }, () => read(cache, process, key))),
  )
  // One process loads each key, all others wait for it.
  const begun = (): unknown => ({ loads: loads.flat().filter(Boolean).length, waits: waits() - before })
  await vi.waitFor(
    () => expect(begun()).toEqual({ loads: names.length, waits: names.length * (processes - 1) }),
    10_000,
  )
  await fault().finally(() => over.resolve())
  const values = await Promise.all(reads.map(async (each) => new Set(await Promise.all(each))))
  return { values, loads: loads.map((each) => each.reduce((sum, count) => sum + count)) }
}

/** Nobody was given an error; then the fleet loads once again. */
async function expectWhole(fleet: readonly Cache<string>[], struck: Stampede): Promise<void> {
  for (const values of struck.values) expect([...values].filter((value) => !value.startsWith('load '))).toEqual([])
  await ready(fleet)
  await vi.waitFor(async () => expect(await fleet[0]!.delete(names)).toEqual({ reached: 'all', queued: false }), 10_000)
  // The others hear of it a moment later.
  await vi.waitFor(async () => {
    for (const cache of fleet) expect(await cache.getMany(names)).toEqual(new Map())
  }, 10_000)
  const again = await stampede(fleet, async () => undefined)
  expect(again.loads).toEqual(names.map(() => 1))
  expect(again.values.map(({ size }) => size)).toEqual(names.map(() => 1))
}

async function openCluster(replicas: number): Promise<RedisCluster> {
  const cluster = await startCluster({ replicas })
  onTestFinished(() => cluster.stop())
  return cluster
}

describe(`${processes} processes with ${callers} callers each, while one loads`, () => {
  it.each(['is on its way', 'has moved'])(
    'wait for no longer than it loads when the slot %s, and load once more at most',
    async (how) => {
      const cluster = await openCluster(0)
      const fleet = await openFleet({ cluster: cluster.seeds })
      const from = await cluster.ownerOf(prefix + names[0]!)
      const to = (await cluster.primaries()).find((node) => node !== from)!
      const slot = await cluster.slotOf(prefix + names[0]!)

      const struck = await stampede(fleet, async () => {
        const move = await cluster.beginMove(slot, to)
        expect(await move.keys()).toBe(names.length)
        if (how === 'has moved') await move.end()
        await slotsSeen(fleet, from, to)
      })

      await cluster.move([slot], to)
      await slotsSeen(fleet, from, to)
      expect(Math.max(...struck.loads)).toBeLessThanOrEqual(2)
      await expectWhole(fleet, struck)
    },
    60_000,
  )

  it('give a lock back where its slot is now', async () => {
    const cluster = await openCluster(0)
    const [cache] = await openFleet({ cluster: cluster.seeds })
    const from = await cluster.ownerOf(prefix + names[0]!)
    const to = (await cluster.primaries()).find((node) => node !== from)!
    const over = Promise.withResolvers<string>()
    const loading = cache!.getOrSet(names[0]!, () => over.promise)
    await vi.waitFor(async () => expect(await cluster.command('EXISTS', prefix + names[0]!)).toBe(1), 10_000)

    await cluster.move([await cluster.slotOf(prefix + names[0]!)], to)
    await slotsSeen([cache!], from, to)
    const unlinks = async (): Promise<number> => (await to.commandCounts()).get('unlink') ?? 0
    const before = await unlinks()
    over.resolve('value')

    expect(await loading).toBe('value')
    // One that ends by itself is not unlinked.
    await vi.waitFor(async () => expect(await unlinks()).toBe(before + 1), 10_000)
  }, 60_000)

  it.each(['is replaced', 'is killed'])(
    'load once each at most when the primary %s',
    async (how) => {
      const cluster = await openCluster(1)
      const fleet = await openFleet({ cluster: cluster.seeds })
      const primary = await cluster.ownerOf(prefix + names[0]!)

      const struck = await stampede(fleet, async () => {
        if (how === 'is replaced') return cluster.failOver(primary)
        await primary.kill()
        await cluster.settled()
      })

      await ready(fleet)
      await slotsSeen(fleet, ...(await cluster.primaries()))
      expect(Math.max(...struck.loads)).toBeLessThanOrEqual(processes)
      await expectWhole(fleet, struck)
    },
    120_000,
  )

  it('load once each at most when the Sentinels fail over', async () => {
    const watched = await startSentinels()
    onTestFinished(() => watched.stop())
    const fleet = await openFleet({ sentinels: [...watched.addresses], name: watched.name })
    const primary = await watched.primary()

    const struck = await stampede(fleet, async () => {
      await primary.kill()
      await watched.failedOverFrom(primary)
    })

    expect(Math.max(...struck.loads)).toBeLessThanOrEqual(processes)
    await expectWhole(fleet, struck)
  }, 120_000)
})

/** Resolves when each process has asked these nodes about their slots since: two heartbeats have begun. */
async function slotsSeen(fleet: readonly Cache<string>[], ...nodes: readonly RedisServer[]): Promise<void> {
  const asked = async (): Promise<readonly number[]> =>
    Promise.all(nodes.map(async (node) => (await node.commandCounts()).get('cluster|nodes') ?? 0))
  const before = await asked()
  await vi.waitFor(async () => {
    for (const [at, count] of (await asked()).entries())
      expect(count - before[at]!).toBeGreaterThanOrEqual(2 * fleet.length)
  }, 10_000)
}
