import { withBreaker } from '@holdfast/breaker'
import { createCache } from '@holdfast/core'
import { memoryStore } from '@holdfast/memory'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import { Redis } from 'ioredis'

import { repositoryRoot } from '../engine/repository.ts'
import { loadSdk } from '../engine/sdk.ts'
import { loadPeer } from '../peers/registry.ts'

/** A cache with the settings that its users get. */
export interface Contender {
  getOrSet(key: string, load: () => Promise<unknown>): Promise<unknown>
  close(): Promise<void>
}

export const contenderNames = ['holdfast', 'bentocache', 'cacheable', 'ioredis'] as const

export type ContenderName = (typeof contenderNames)[number]

export async function openContender(name: ContenderName, redisUrl: string): Promise<Contender> {
  if (name === 'holdfast') return openHoldfast(redisUrl)
  if (name === 'ioredis') return openByHand(redisUrl)
  const peer = await loadPeer(name, 'failover')
  const sdk = await loadSdk(repositoryRoot, 'failover')
  const options = { tier: 'tiered', redisUrl, prefix: name, ttlMs: 60_000, maxEntries: 10_000, sdk } as const
  const subject = await peer.open(options)
  return { getOrSet: async (key, load) => subject.getOrSet!(key, load), close: () => subject.close() }
}

function openHoldfast(redisUrl: string): Contender {
  const cache = createCache({
    memory: memoryStore({ maxEntries: 10_000 }),
    remote: withBreaker(redisStore(redisUrl)),
    serializer: msgpack(),
  })
  return { getOrSet: (key, load) => cache.getOrSet(key, load), close: () => cache.close() }
}

/** GET, load, SET, on a client as it comes. */
function openByHand(redisUrl: string): Contender {
  const redis = new Redis(redisUrl)
  redis.on('error', () => undefined)
  return {
    async getOrSet(key, load) {
      const text = await redis.get(key)
      if (text !== null) return JSON.parse(text) as unknown
      const value = await load()
      await redis.set(key, JSON.stringify(value), 'PX', 60_000)
      return value
    },
    close: async () => redis.disconnect(),
  }
}
