import { createCache, type Cache } from '@holdfast/core'
import { startCluster, type RedisCluster } from '@holdfast/testing/redis'
import { Cluster } from 'ioredis'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { examineCluster } from '../src/examine-cluster.ts'
import { redisStore } from '../src/redis-store.ts'
import { slotOf } from '../src/slot.ts'
import { mapStore } from '@holdfast/testing/simulation'

const cluster = await startCluster({ primaries: 3, replicas: 0 })
afterAll(() => cluster.stop())

let prefixes = 0

interface Opened {
  readonly a: Cache<string>
  readonly b: Cache<string>
  readonly prefix: string
}

/** Two processes on one cluster. */
async function open(on: RedisCluster = cluster): Promise<Opened> {
  const prefix = `test${++prefixes}:`
  const make = (): Cache<string> => {
    const cache = createCache<string>({
      memory: mapStore(),
      remote: redisStore({ cluster: on.seeds }, { prefix }),
      ttl: '1h',
      remoteTimeout: '5s',
      coherence: { maxStaleness: '3s', heartbeat: '200ms' },
    })
    onTestFinished(() => cache.close())
    return cache
  }
  const opened = { a: make(), b: make(), prefix }
  await allReady(opened)
  return opened
}

async function allReady({ a, b }: Pick<Opened, 'a' | 'b'>): Promise<void> {
  await vi.waitFor(() => {
    for (const cache of [a, b]) {
      const { details, state } = cache.describe().remote!
      expect(state).toBe('ready')
      expect(details!['nodesReady']).toBe(details!['nodes'])
      expect(Number(details!['nodes'])).toBeGreaterThan(2)
    }
  }, 20_000)
}

/** Braces in every place: what would put keys into one slot, or seem to. */
const hostile = [
  '{}',
  '{}x',
  '{a}',
  'x{a}y{b}',
  '{{a}}',
  '}{',
  '{',
  '}',
  '{a',
  'a}b{c}',
  '{}{a}',
  'ü{ö}',
  ' ',
  '\u0000{x}',
]

describe('slotOf', () => {
  it('counts as Redis does', async () => {
    for (const key of [...hostile, ...Array.from({ length: 50 }, (_, n) => `key:${n}{${n % 7}}`)])
      expect([key, slotOf(key)]).toEqual([key, await cluster.slotOf(key)])
  })
})

describe('a cache on a Redis Cluster', () => {
  it('reads, writes and invalidates keys of all slots together, whatever their names', async () => {
    const { a, b } = await open()
    const names = [...hostile, ...Array.from({ length: 60 }, (_, n) => `key:${n}`)]

    await a.setMany(names.map((name) => [name, `value of ${name}`] as const))
    const found = await b.getMany(names)
    await a.delete(names)
    const gone = await b.getMany(names)

    expect(found).toEqual(new Map(names.map((name) => [name, `value of ${name}`])))
    expect([...gone]).toEqual([])
    for (const node of await cluster.primaries())
      expect(String(await node.command('INFO', 'errorstats'))).not.toContain('CROSSSLOT')
  })

  it('loads once and fills, and another process finds it', async () => {
    const { a, b } = await open()

    for (let n = 0; n < 20; n++) await a.getOrSet(`user:${n}`, () => `v${n}`, { tags: [`team:${n % 3}`, 'all'] })
    await vi.waitFor(async () => {
      for (let n = 0; n < 20; n++)
        expect(await b.lookup(`user:${n}`)).toMatchObject({
          value: `v${n}`,
          from: expect.stringMatching(/remote|memory/),
        })
    })
  })

  it('announces to other processes what was deleted, tagged, matched and cleared', async () => {
    const { a, b } = await open()
    const names = Array.from({ length: 12 }, (_, n) => `user:${n}`)
    const fill = async (): Promise<void> => {
      for (const name of names) await a.set(name, 'old', { tags: ['team'] })
      for (const name of names) expect(await b.get(name)).toBe('old')
    }
    const isGone = () =>
      vi.waitFor(async () => {
        for (const name of names) expect([name, await b.get(name)]).toEqual([name, undefined])
      }, 10_000)

    await fill()
    expect(await a.delete(names)).toEqual({ reached: 'all', queued: false })
    await isGone()
    await fill()
    expect(await a.invalidateTags(['team'])).toEqual({ reached: 'all', queued: false })
    await isGone()
    await fill()
    expect(await a.invalidateMatching('user:*')).toEqual({ reached: 'all', queued: false })
    await isGone()
    await fill()
    expect(await a.clear()).toEqual({ reached: 'all', queued: false })
    await isGone()
  })

  it('stores nothing of a load that began before its tag, kept by another node, was invalidated', async () => {
    const { a, b } = await open()
    let begun = 0
    for (let n = 0; n < 10; n++) {
      let finish = (): void => undefined
      const load = (): Promise<string> => {
        begun++
        return new Promise((resolve) => (finish = () => resolve('old')))
      }
      const loading = a.getOrSet(`slow:${n}`, load, { tags: [`tag:${n}`] })
      await vi.waitFor(() => expect(begun).toBe(n + 1), 10_000)
      await b.invalidateTags([`tag:${n}`])
      finish()
      expect(await loading).toBe('old')
      expect(await b.get(`slow:${n}`)).toBeUndefined()
    }
  })

  it('takes a Cluster client of yours, and never uses it', async () => {
    const client = new Cluster(
      cluster.seeds.map((seed) => ({ ...seed })),
      { lazyConnect: true },
    )
    onTestFinished(() => client.disconnect())
    const listeners = client.eventNames().map((name) => [name, client.listenerCount(name)])
    const cache = createCache<string>({ remote: redisStore(client, { prefix: 'yours:' }), remoteTimeout: '5s' })

    await vi.waitFor(async () => {
      await cache.set('key', 'value')
      expect(await cache.get('key')).toBe('value')
    })
    await cache.close()

    expect(client.status).toBe('wait')
    expect(client.eventNames().map((name) => [name, client.listenerCount(name)])).toEqual(listeners)
  })

  it('tells how its nodes are, together', async () => {
    const store = redisStore({ cluster: cluster.seeds }, { prefix: 'info:' })
    onTestFinished(() => store.close())
    const soon = { deadlineAt: performance.timeOrigin + performance.now() + 10_000 }
    await store.ping!(soon)
    const processes = await Promise.all(
      cluster.nodes.map(async (node) => String(await node.command('INFO', 'clients'))),
    )
    const clients = processes.map((text) => Number(/^connected_clients:(\d+)/m.exec(text)![1]))

    const info = await store.info!(soon)

    // Each has heard of at least its own two connections of this store.
    expect(info.clients).toBeGreaterThanOrEqual(6)
    expect(info.clients).toBeGreaterThan(Math.max(...clients))
    expect(info).toMatchObject({ evictionPolicy: 'noeviction', evictions: 0 })
  })

  it('refuses what it cannot keep its promises on', () => {
    expect(() => redisStore({ cluster: [] })).toThrow('at least one node')
    expect(() => redisStore(new Cluster([7000], { lazyConnect: true, redisOptions: { keyPrefix: 'x:' } }))).toThrow(
      'without `keyPrefix`',
    )
    expect(() => redisStore({ cluster: ['redis://:secret@localhost:7000'] })).toThrow('`redisOptions`')
    expect(() => redisStore({ cluster: ['rediss://localhost:7000'] })).toThrow('`redisOptions`')
    expect(() => redisStore({ cluster: ['localhost:7000'] }, { onRestart: 'replay' })).toThrow('`onRestart`')
  })
})

describe('a cluster that changes', () => {
  it('is followed while slots move, key by key, with ASK and MOVED', async () => {
    const { a, b, prefix } = await open()
    const names = ['{m}a', '{m}b', '{m}c', '{m}d']
    const from = await cluster.ownerOf(`${prefix}{m}a`)
    const to = (await cluster.primaries()).find((node) => node !== from)!
    for (const name of names) await a.set(name, 'old')
    for (const name of names) expect(await b.get(name)).toBe('old')

    const move = await cluster.beginMove(await cluster.slotOf(`${prefix}{m}a`), to)
    await move.keys(2)
    const during = await b.getMany(names, { skipMemory: true })
    expect([...during.values()]).toEqual(names.map(() => 'old'))
    // A batch whose keys are at two nodes; what is not there any more is written and removed where it is.
    await a.set('{m}a', 'new')
    await a.set('{m}new', 'new')
    expect(await a.getOrSet('{m}loaded', () => 'loaded')).toBe('loaded')
    expect(await a.delete(['{m}b', '{m}c'])).toEqual({ reached: 'all', queued: false })
    await vi.waitFor(async () => {
      expect(await b.get('{m}a')).toBe('new')
      expect(await b.get('{m}b')).toBeUndefined()
      expect(await b.get('{m}c')).toBeUndefined()
    }, 10_000)
    await move.end()
    await a.set('{m}d', 'new')
    await vi.waitFor(async () => expect(await b.get('{m}d')).toBe('new'), 10_000)
    expect(await b.get('{m}new', { skipMemory: true })).toBe('new')
    expect(await b.get('{m}loaded', { skipMemory: true })).toBe('loaded')
    await vi.waitFor(async () => expect(await from.command('CLUSTER', 'COUNTKEYSINSLOT', move.slot)).toBe(0), 10_000)
  }, 30_000)

  it('moves its epoch: two keys of one slot at two nodes for a while', async () => {
    const { a, b, prefix } = await open()
    const from = await cluster.ownerOf(`${prefix}~{hf}epoch`)
    const to = (await cluster.primaries()).find((node) => node !== from)!
    await a.set('key', 'old')
    expect(await b.get('key')).toBe('old')

    const move = await cluster.beginMove(await cluster.slotOf('{hf}'), to)
    await move.keys(1)
    const clearing = a.clear()
    await move.end()
    await clearing
    await vi.waitFor(async () => expect(await b.get('key')).toBeUndefined(), 15_000)
    await vi.waitFor(async () => {
      await a.set('key', 'new')
      expect(await b.get('key', { skipMemory: true })).toBe('new')
    }, 15_000)
    await cluster.move([move.slot], from)
  }, 30_000)
})

describe('a primary that dies', () => {
  it('does not stop the others, and its replica is not believed about the past', async () => {
    await using own = await startCluster({ primaries: 3, replicas: 1 })
    const { a, b, prefix } = await open(own)
    const victim = await own.ownerOf(`${prefix}{v}`)
    const root = await own.ownerOf(`${prefix}~{hf}epoch`)
    const other = 'abcdefghijklmnop'.split('').find((name) => isElsewhere(prefix + name, victim, root, own))
    expect(other).toBeDefined()
    await a.set('{v}', 'old')
    await a.set(other!, 'other')
    expect(await b.get('{v}')).toBe('old')

    await victim.kill()
    expect(await a.get(other!, { skipMemory: true })).toBe('other')
    expect(await a.set(other!, 'again')).toEqual({ reached: 'all', queued: false })
    const written = await a.delete('{v}')
    expect(written.queued).toBe(true)
    expect(await a.get('{v}')).toBeUndefined()
    expect(await a.getOrSet('{v}', () => 'loaded')).toBe('loaded')

    await own.settled()
    await allReady({ a, b })
    const { nodes } = await examineCluster({ cluster: own.seeds })
    expect(nodes.filter(({ replicas }) => replicas === 1)).toHaveLength(2)
    expect(nodes.filter(({ replicas }) => replicas === 0)).toHaveLength(1)
    expect(await b.get('{v}', { skipMemory: true })).not.toBe('old')
    await a.set('{v}', 'new')
    await vi.waitFor(async () => expect(await b.get('{v}')).toBe('new'), 15_000)
    await victim.restart({ data: 'empty' })
    await own.settled()
    await a.set('{v}', 'newer')
    await vi.waitFor(async () => expect(await b.get('{v}')).toBe('newer'), 15_000)
  }, 90_000)
})

/** Whether a key is at neither of these nodes: each of the first three has a third of the slots, as the cluster was made. */
function isElsewhere(key: string, one: object, two: object, own: RedisCluster): boolean {
  const owner = own.nodes[Math.floor((slotOf(key) * 3) / 16_384)]
  return owner !== one && owner !== two
}
