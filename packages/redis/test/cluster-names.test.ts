import { createCache, type Cache } from '@holdfast/core'
import { startCluster } from '@holdfast/testing/redis'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { redisStore } from '../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const cluster = await startCluster({ replicas: 0 })
afterAll(() => cluster.stop())

/** Braces in every place, empty and nested, across other characters: what would put keys into one slot, or seem to. */
const hostile = [
  '{}',
  '{}{}',
  '{}x',
  'x{}',
  '{a}',
  '{a}{b}',
  '{{a}}',
  '{{}}',
  '{}{a}',
  '}{',
  '}{a}',
  '{',
  '}',
  '{a',
  'a}',
  'x{a}y{b}',
  '~{hf}epoch',
  '~tag:{a}',
  '@{a}',
  '{hf}',
  '{ü}',
  'ü{ö}',
  '{😀}😀',
  '{ }',
  ' ',
  '\u0000{\u0000}',
  '{\r\n}',
  '{*}',
  '{[a]}?',
]
const prefixes = ['plain:', '{tag}:', '{', '}', 'a{b', 'ü{ö}:']

async function open(prefix: string): Promise<readonly [Cache<string>, Cache<string>]> {
  const make = (): Cache<string> => {
    const cache = createCache<string>({
      memory: mapStore(),
      remote: redisStore({ cluster: cluster.seeds }, { prefix }),
      ttl: '1h',
      grace: '1h',
      remoteTimeout: '5s',
      coherence: { maxStaleness: '3s', heartbeat: '200ms' },
      fleetSingleFlight: true,
    })
    onTestFinished(() => cache.close())
    cache.on('remoteError', ({ cause }) => errors.push(cause))
    return cache
  }
  const pair = [make(), make()] as const
  await vi.waitFor(() => {
    for (const cache of pair) expect(cache.describe().remote!.details!['nodesReady']).toBe(3)
  }, 20_000)
  return pair
}

const errors: unknown[] = []

afterEach(async () => {
  for (const node of cluster.nodes)
    expect(String(await node.command('INFO', 'errorstats'))).not.toMatch(/CROSSSLOT|WRONGTYPE|TRYAGAIN/)
  expect(errors.splice(0)).toEqual([])
})

const all = { reached: 'all', queued: false }

describe.each(prefixes)('on a cluster, with the prefix %j', (prefix) => {
  it('names of any kind are read, written, tagged, matched and ended, and nothing is refused', async () => {
    const [a, b] = await open(prefix)
    const entries = hostile.map((name) => [name, `value of ${name}`] as const)
    const areThere = async (): Promise<void> =>
      vi.waitFor(async () => {
        expect(await b.getMany(hostile)).toEqual(new Map(entries))
        expect(await b.getMany(hostile, { skipMemory: true })).toEqual(new Map(entries))
      }, 10_000)
    const areGone = async (): Promise<void> =>
      vi.waitFor(async () => {
        for (const cache of [a, b]) expect([...(await cache.getMany(hostile))]).toEqual([])
        expect([...(await b.getMany(hostile, { skipMemory: true }))]).toEqual([])
      }, 10_000)

    expect(await a.setMany(entries, { tags: hostile })).toEqual(all)
    await areThere()
    expect(await a.delete(hostile)).toEqual(all)
    await areGone()
    // Each tag ends the entry of its name, and that of the next.
    for (const [at, name] of hostile.entries())
      await a.getOrSet(name, () => `value of ${name}`, { tags: [name, hostile[(at + 1) % hostile.length]!] })
    await areThere()
    expect(await a.invalidateTags(hostile)).toEqual(all)
    await areGone()
    const loaded = await a.getOrSetMany(
      hostile,
      (missing) => new Map(missing.map((name) => [name, `value of ${name}`])),
    )
    expect(loaded).toEqual(new Map(entries))
    await areThere()
    for (const name of hostile) {
      expect(await a.expire(name)).toEqual(all)
      expect(await a.update(name, () => Promise.resolve(`value of ${name}`))).toMatchObject(all)
    }
    await areThere()
    expect(await a.invalidateMatching('*{*')).toEqual(all)
    await vi.waitFor(async () => {
      expect([...(await b.getMany(hostile, { skipMemory: true })).keys()]).toEqual(
        hostile.filter((name) => !name.includes('{')),
      )
    }, 10_000)
    await a.setMany(entries)
    const space = a.namespace<string>('space')
    await space.setMany(entries)
    expect(await space.clear()).toEqual(all)
    expect([...(await space.getMany(hostile))]).toEqual([])
    await areThere()
    expect(await a.clear()).toEqual(all)
    await areGone()
  }, 60_000)

  it('loads of any name are made once for two processes', async () => {
    const [a, b] = await open(prefix)
    const loads = new Map<string, number>()
    const over = Promise.withResolvers<void>()
    const read = (cache: Cache<string>, name: string): Promise<string> =>
      cache.getOrSet(name, async () => {
        loads.set(name, (loads.get(name) ?? 0) + 1)
        await over.promise
        return `value of ${name}`
      })

    const reads = hostile.map((name) => Promise.all([read(a, name), read(b, name)]))
    await vi.waitFor(() => expect(a.stats().fleetWaits + b.stats().fleetWaits).toBe(hostile.length), 10_000)
    over.resolve()

    for (const [at, values] of (await Promise.all(reads)).entries())
      expect(values).toEqual([`value of ${hostile[at]!}`, `value of ${hostile[at]!}`])
    expect([...loads.values()]).toEqual(hostile.map(() => 1))
  }, 60_000)

  it('what could not be ended while all connections were lost is ended afterwards, whatever its name', async () => {
    const [a, b] = await open(prefix)
    await a.setMany(hostile.map((name) => [name, 'old'] as const))
    await b.setMany(
      hostile.map((name) => [`tagged ${name}`, 'old'] as const),
      { tags: hostile },
    )
    for (const node of cluster.nodes) await node.freeze()
    const ending = [...hostile.map((name) => a.delete(name)), a.invalidateTags(hostile)]
    // The deadline of each, which is no refusal of a node.
    const ended = await Promise.all(ending)
    for (const node of cluster.nodes) node.thaw()
    errors.splice(0)

    expect(ended.every(({ queued }) => queued)).toBe(true)
    await vi.waitFor(async () => {
      const names = hostile.flatMap((name) => [name, `tagged ${name}`])
      expect([...(await b.getMany(names, { skipMemory: true }))]).toEqual([])
    }, 20_000)
    await cluster.settled()
    errors.splice(0)
  }, 90_000)
})

it.each(['{}', 'a{}:', '{}{b}'])('refuses the prefix %j: what belongs together would lie apart', (prefix) => {
  expect(() => redisStore({ cluster: cluster.seeds }, { prefix })).toThrow('without `{}`')
})
