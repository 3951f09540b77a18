import type { Peer, Subject, OpenOptions, Capabilities } from './peer.ts'

const capabilities: Capabilities = {
  tiers: ['memory', 'remote', 'tiered'],
  singleFlight: true,
  batches: true,
  tags: true,
  isolates: false,
  synchronous: false,
  codec: 'msgpack()',
}

async function open(
  { sdk, tier, redisUrl, prefix, ttlMs, maxEntries }: OpenOptions,
  breaks: boolean,
): Promise<Subject> {
  const { createCache, memoryStore, msgpack } = sdk
  const remote = (): ReturnType<typeof sdk.redisStore> => {
    const store = sdk.redisStore(redisUrl, { prefix: `${prefix}:` })
    return breaks ? sdk.withBreaker(store) : store
  }
  const cache = createCache({
    ttl: `${ttlMs}ms`,
    serializer: msgpack(),
    // A machine under load must not turn a slow answer into a fast miss.
    remoteTimeout: '5s',
    ...(tier === 'remote' ? {} : { memory: memoryStore({ maxEntries }) }),
    ...(tier === 'memory' ? {} : { remote: remote() }),
  })
  return {
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    delete: (key) => cache.delete(key),
    getMany: (keys) => cache.getMany(keys),
    setMany: (entries) => cache.setMany(entries),
    getOrSet: (key, load) => cache.getOrSet(key, load),
    setTagged: (key, value, tags) => cache.set(key, value, { tags }),
    invalidateTag: (tag) => cache.invalidateTags([tag]),
    close: () => cache.close(),
  }
}

/** Ours, as the README sets it up. */
export const peer: Peer = {
  name: 'holdfast',
  capabilities,
  open: (options) => open(options, true),
}

/** Ours without the breaker: the difference is what the breaker costs. */
export const unbroken: Peer = {
  name: 'holdfast-nobreaker',
  capabilities: { ...capabilities, tiers: ['remote'] },
  open: (options) => open(options, false),
}
