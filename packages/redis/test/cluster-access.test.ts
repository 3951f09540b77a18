import { inspect } from 'node:util'
import { createCache, type Cache } from '@holdfast/core'
import { startCluster, startRedis } from '@holdfast/testing/redis'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { RedisExamination } from '../src/examine.ts'
import { examineCluster } from '../src/examine-cluster.ts'
import { leastPrivilege } from '../src/least-privilege.ts'
import { redisStore } from '../src/redis-store.ts'
import { mapStore } from '@holdfast/testing/simulation'

const password = 'p@ss:w/rd?#%'
const rule = leastPrivilege('shop:')
/** What a Cluster alone needs. */
const ofClusters = ['cluster|nodes', 'cluster|myid', 'asking'] as const
const without = (name: string): string =>
  rule
    .split(' ')
    .filter((word) => word !== `+${name}`)
    .join(' ')

const cluster = await startCluster({
  replicas: 0,
  tls: true,
  // Nobody gets in without a name.
  config: {
    user: [
      'default off',
      `shop on >${password} ${rule}`,
      ...ofClusters.map((name) => `without-${name.replace('|', '-')} on >${password} ${without(name)}`),
    ],
  },
})
const { seeds, ca } = cluster.tls!
afterAll(() => cluster.stop())

function open(redisOptions: object): Cache<string> {
  const cache = createCache<string>({
    memory: mapStore(),
    remote: redisStore({ cluster: seeds, redisOptions }, { prefix: 'shop:' }),
    ttl: '1h',
    remoteTimeout: '5s',
    coherence: { maxStaleness: '3s', heartbeat: '200ms' },
    fleetSingleFlight: true,
  })
  onTestFinished(() => cache.close())
  return cache
}

async function opened(): Promise<Cache<string>> {
  const cache = open({ username: 'shop', password, tls: { ca } })
  await vi.waitFor(() => expect(cache.describe().remote!.details!['nodesReady']).toBe(3), 20_000)
  return cache
}

const names = Array.from({ length: 24 }, (_, n) => `item:${n}`)

describe('a cluster with TLS, and a user who may do no more than the docs say', () => {
  it('is read, written and invalidated by two clients, and refuses them nothing', async () => {
    const [a, b] = [await opened(), await opened()]
    const areGone = (): Promise<void> =>
      vi.waitFor(async () => {
        expect([...(await b.getMany(names))]).toEqual([])
      }, 10_000)

    for (const invalidate of [
      () => a.delete(names),
      () => a.invalidateTags(['items']),
      () => a.invalidateMatching('item:*'),
      () => a.clear(),
    ]) {
      for (const name of names)
        expect(await a.getOrSet(name, () => `value of ${name}`, { tags: ['items'] })).toBe(`value of ${name}`)
      await vi.waitFor(async () => expect((await b.getMany(names)).size).toBe(names.length), 10_000)
      expect(await invalidate()).toEqual({ reached: 'all', queued: false })
      await areGone()
    }
    await a.setMany(names.map((name) => [name, 'old'] as const))
    await a.expire(names[0]!)
    await a.update(names[1]!, () => Promise.resolve('new'))
    await vi.waitFor(async () => expect(await b.get(names[1]!)).toBe('new'), 10_000)

    expect([...a.describe().limits, ...b.describe().limits]).toEqual([])
    for (const node of cluster.nodes) expect(await node.command('ACL', 'LOG')).toEqual([])
  }, 60_000)

  it('is followed with TLS while a slot moves', async () => {
    const [a, b] = [await opened(), await opened()]
    const from = await cluster.ownerOf('shop:{m}a')
    const to = (await cluster.primaries()).find((node) => node !== from)!
    await a.setMany([
      ['{m}a', 'old'],
      ['{m}b', 'old'],
    ])
    expect(await b.get('{m}a')).toBe('old')

    const move = await cluster.beginMove(await cluster.slotOf('{m}'), to)
    await move.keys(1)
    expect((await b.getMany(['{m}a', '{m}b'], { skipMemory: true })).size).toBe(2)
    await a.set('{m}a', 'new')
    await move.end()

    await vi.waitFor(async () => expect(await b.get('{m}a')).toBe('new'), 10_000)
    for (const node of cluster.nodes) expect(await node.command('ACL', 'LOG')).toEqual([])
  }, 60_000)

  it('is asked in vain by one who may not say ASKING while a slot moves: what it invalidates then is queued', async () => {
    const a = open({ username: 'without-asking', password, tls: { ca } })
    const b = await opened()
    const from = await cluster.ownerOf('shop:{q}a')
    const to = (await cluster.primaries()).find((node) => node !== from)!
    await vi.waitFor(async () => expect(await a.set('{q}a', 'old')).toEqual({ reached: 'all', queued: false }), 10_000)
    const move = await cluster.beginMove(await cluster.slotOf('{q}'), to)
    await move.keys()

    expect(await a.get('{q}a', { skipMemory: true })).toBeUndefined()
    const written = await a.delete('{q}a')
    const there = await b.get('{q}a', { skipMemory: true })
    await move.end()

    expect([written.queued, there]).toEqual([true, 'old'])
    await vi.waitFor(async () => expect(await b.get('{q}a', { skipMemory: true })).toBeUndefined(), 20_000)
  }, 60_000)

  it.each([
    ['the right to CLUSTER NODES', { username: 'without-cluster-nodes', password, tls: { ca } }, /NOPERM.*cluster/],
    ['the right to CLUSTER MYID', { username: 'without-cluster-myid', password, tls: { ca } }, /NOPERM.*cluster/],
    ['its authority', { username: 'shop', password, tls: {} }, /certificate|self-signed/],
    ['its password', { username: 'shop', password: 'hunter2', tls: { ca } }, /WRONGPASS/],
    ['a name', { tls: { ca } }, /NOAUTH/],
  ])(
    'is not used for want of %s, which is said without a password',
    async (_, redisOptions, cause) => {
      const cache = open(redisOptions)

      await vi.waitFor(() => expect(cache.describe().remote!.state).toBe('away'), 10_000)

      expect(await cache.getOrSet('key', () => 'loaded')).toBe('loaded')
      expect(cache.describe().remote!.details!['cause']).toMatch(cause)
      expect(inspect(cache.describe(), { depth: 9 })).not.toMatch(/hunter2|p@ss/)
    },
    60_000,
  )
})

describe('examineCluster', () => {
  const examine = (redisOptions: object, nodes = seeds) =>
    examineCluster({ cluster: nodes, redisOptions: { tls: { ca }, password, ...redisOptions } }, { prefix: 'shop:' })
  const refused = ({ found }: { readonly found: object }) =>
    'rights' in found && (found as RedisExamination).rights.filter((right) => right.refused !== undefined)

  it('finds each primary by whichever node answers, and that the user of the docs may do all', async () => {
    const { address, slotsMissing, nodes } = await examine({ username: 'shop' }, [
      { host: '127.0.0.1', port: 1 },
      ...seeds,
    ])

    expect(address).toMatch(/^127\.0\.0\.1:1,127\.0\.0\.1:/)
    expect(slotsMissing).toBe(0)
    expect(nodes.reduce((sum, { slots }) => sum + slots, 0)).toBe(16_384)
    expect(nodes.map((node) => [node.replicas, refused(node)])).toEqual([0, 1, 2].map(() => [0, []]))
    for (const node of cluster.nodes) expect(await node.command('KEYS', '*doctor*')).toEqual([])
  })

  it('finds what a user may not do at any of them', async () => {
    const { nodes } = await examine({ username: 'without-asking' })

    expect(nodes.map(refused)).toEqual(
      [0, 1, 2].map(() => [{ command: 'ASKING', refused: expect.stringContaining('NOPERM') }]),
    )
  })

  it.each([
    ['may not ask for the nodes', { username: 'without-cluster-nodes' }, /NOPERM.*cluster/],
    ['is not known', { username: 'shop', password: 'hunter2' }, /WRONGPASS/],
  ])('says that the user %s, and no password', async (_, redisOptions, cause) => {
    const error = await examine(redisOptions).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE' })
    expect(inspect(error, { depth: 9 })).toMatch(cause)
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter2|p@ss/)
  })

  it('refuses a server that is in no cluster', async () => {
    await using server = await startRedis()

    await expect(examineCluster({ cluster: [server.port] })).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_REMOTE_UNAVAILABLE',
      message: expect.stringContaining('cluster support disabled'),
    })
  })
})
