import { withBreaker } from '@holdfast/breaker'
import { createCache, json } from '@holdfast/core'
import { cacheResponse } from '@holdfast/http'
import { memoryStore } from '@holdfast/memory'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import { startRedis, type RedisServer } from '@holdfast/testing/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Sdk } from '../src/engine/sdk.ts'
import { peer as asyncCacheDedupe } from '../src/peers/async-cache-dedupe.ts'
import { peer as bentocache, unserialized } from '../src/peers/bentocache.ts'
import { peer as cacheManager } from '../src/peers/cache-manager.ts'
import { peer as cacheable } from '../src/peers/cacheable.ts'
import { checkConformance } from '../src/peers/conformance.ts'
import { peer as holdfast, unbroken } from '../src/peers/holdfast.ts'
import { announcing, autoPipelining, peer as ioredis } from '../src/peers/ioredis.ts'
import { peer as lruCache } from '../src/peers/lru-cache.ts'
import { peer as nodeCache } from '../src/peers/node-cache.ts'
import { peer as nodeRedis } from '../src/peers/node-redis.ts'
import type { Peer } from '../src/peers/peer.ts'
import { peer as map } from '../src/peers/raw-map.ts'
import { peerNames } from '../src/peers/registry.ts'

const peers: readonly Peer[] = [
  holdfast,
  unbroken,
  map,
  lruCache,
  nodeCache,
  ioredis,
  autoPipelining,
  announcing,
  nodeRedis,
  bentocache,
  unserialized,
  cacheable,
  cacheManager,
  asyncCacheDedupe,
]

const sdk: Sdk = { cacheResponse, createCache, json, memoryStore, msgpack, redisStore, withBreaker }

let server: RedisServer

beforeAll(async () => {
  server = await startRedis()
})

afterAll(async () => {
  await server.stop()
})

describe('peers', () => {
  it('are those of the registry, each by its name', () => {
    expect(peers.map(({ name }) => name)).toEqual(peerNames)
  })

  const pairs = peers.flatMap((peer) => peer.capabilities.tiers.map((tier) => [peer.name, tier, peer] as const))

  it.each(pairs)('%s, %s: keeps what its adapter promises', async (name, tier, peer) => {
    expect(await checkConformance(peer, tier, sdk, server.url, `conformance:${name}:${tier}:`)).toEqual([])
  })

  it('are found out when they promise too much, or return something else', async () => {
    const boastful: Peer = { ...map, capabilities: { ...map.capabilities, tags: true, isolates: true } }
    const forgetful: Peer = {
      ...map,
      open: async () => ({ get: () => null, set: () => undefined, close: async () => {} }),
    }

    expect(await checkConformance(boastful, 'memory', sdk, server.url, 'boastful:')).toHaveLength(2)
    expect(await checkConformance(forgetful, 'memory', sdk, server.url, 'forgetful:')).toEqual([
      'a miss is undefined: got null',
      'what was set comes back equal: got null',
    ])
  })
})
