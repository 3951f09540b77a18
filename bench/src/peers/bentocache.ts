import { Redis } from 'ioredis'

import type { OpenOptions, Peer, Subject } from './peer.ts'

/** The part of bentocache that is called; its own declarations need packages that are not here. */
interface Bento {
  get(options: { key: string }): Promise<unknown>
  set(options: { key: string; value: unknown; tags?: readonly string[] }): Promise<boolean>
  getOrSet(options: { key: string; factory: () => Promise<unknown> }): Promise<unknown>
  delete(options: { key: string }): Promise<boolean>
  deleteByTag(options: { tags: readonly string[] }): Promise<boolean>
  disconnectAll(): Promise<void>
}

interface Store {
  useL1Layer(driver: unknown): Store
  useL2Layer(driver: unknown): Store
  useBus(driver: unknown): Store
}

interface BentoModule {
  readonly BentoCache: new (options: object) => Bento
  readonly bentostore: (options: object) => Store
}

interface MemoryModule {
  readonly memoryDriver: (options: object) => unknown
}

interface RedisModule {
  readonly redisDriver: (options: object) => unknown
  readonly redisBusDriver: (options: object) => unknown
}

async function open({ tier, redisUrl, prefix, ttlMs, maxEntries }: OpenOptions, serialize: boolean): Promise<Subject> {
  const { BentoCache, bentostore } = (await import(import.meta.resolve('bentocache'))) as BentoModule
  const { memoryDriver } = (await import(import.meta.resolve('bentocache/drivers/memory'))) as MemoryModule
  const { redisDriver, redisBusDriver } = (await import(import.meta.resolve('bentocache/drivers/redis'))) as RedisModule
  const connections: Redis[] = []
  const connect = async (): Promise<Redis> => {
    const connection = new Redis(redisUrl, { lazyConnect: true })
    await connection.connect()
    connections.push(connection)
    return connection
  }
  let store = bentostore({ prefix, ttl: ttlMs })
  if (tier !== 'remote') store = store.useL1Layer(memoryDriver({ maxItems: maxEntries, serialize }))
  if (tier !== 'memory') store = store.useL2Layer(redisDriver({ connection: await connect() }))
  if (tier === 'tiered') {
    store = store.useBus(redisBusDriver({ connection: address(redisUrl) }))
  }
  const cache = new BentoCache({ default: 'bench', stores: { bench: store } })
  return {
    get: (key: string) => cache.get({ key }),
    set: (key: string, value: unknown) => cache.set({ key, value }),
    delete: (key: string) => cache.delete({ key }),
    getOrSet: (key: string, load: () => Promise<unknown>) => cache.getOrSet({ key, factory: load }),
    setTagged: (key: string, value: unknown, tags: readonly string[]) => cache.set({ key, value, tags }),
    invalidateTag: (tag: string) => cache.deleteByTag({ tags: [tag] }),
    close: async () => {
      await cache.disconnectAll()
      for (const connection of connections) connection.disconnect()
    },
  }
}

function address(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

export const peer: Peer = {
  name: 'bentocache',
  package: 'bentocache',
  capabilities: {
    tiers: ['memory', 'remote', 'tiered'],
    singleFlight: true,
    batches: false,
    tags: true,
    isolates: true,
    synchronous: false,
    codec: 'JSON, in memory too',
  },
  open: (options) => open(options, true),
}

/** As {@link peer}, with values in memory by reference. */
export const unserialized: Peer = {
  ...peer,
  name: 'bentocache-ref',
  capabilities: { ...peer.capabilities, tiers: ['memory'], isolates: false, codec: 'none' },
  open: (options) => open(options, false),
}
