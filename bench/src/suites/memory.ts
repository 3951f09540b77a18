import { setTimeout } from 'node:timers/promises'

import type { Entry } from '@holdfast/core'
import { LRUCache } from 'lru-cache'

import { createRandom } from '../stats/random.ts'
import { cacheCase, type Case, freshLoops, isBatchOf, isValue, need } from './case.ts'
import { batchesOf, fill, rowOf, warmKeys } from './fill.ts'
import { makeKeys } from './payloads.ts'
import { createZipf, permutation } from '../hitrate/zipf.ts'

const readers = [
  'map',
  'lru-cache',
  'node-cache',
  'holdfast',
  'bentocache-ref',
  'bentocache',
  'cacheable',
  'cache-manager',
]

/** The memory tier alone: what a hit costs over a Map. */
export const memoryCases: readonly Case[] = [
  cacheCase({
    id: 'memory.get',
    title: 'await get(key) of 1,024 warm keys',
    metric: 'time',
    tier: 'memory',
    baseline: 'map',
    contenders: readers,
    gated: 'holdfast',
    isQuick: true,
    async prepare(subject, loops) {
      await fill(subject)
      return { run: loops.awaited(need(subject.get, 'get'), warmKeys, isValue) }
    },
  }),
  cacheCase({
    id: 'memory.getOrSet',
    title: 'await getOrSet(key, load) of 1,024 warm keys; map: await map.get(key)',
    metric: 'time',
    tier: 'memory',
    baseline: 'map',
    contenders: [
      'map',
      'lru-cache',
      'holdfast',
      'bentocache-ref',
      'bentocache',
      'cacheable',
      'cache-manager',
      'async-cache-dedupe',
    ],
    gated: 'holdfast',
    goals: [{ ours: 'holdfast', against: 'map', metric: 'time', atMost: 2.5 }],
    isQuick: true,
    async prepare(subject, loops) {
      let loads = 0
      const load = async (): Promise<unknown> => {
        loads++
        return rowOf(loads)
      }
      const { getOrSet } = subject
      if (getOrSet) for (const key of warmKeys) await getOrSet(key, load)
      else await fill(subject)
      const read = getOrSet ? (key: string) => getOrSet(key, load) : need(subject.get, 'get')
      return { run: loops.awaited(read, warmKeys, isValue), loads: () => loads }
    },
  }),
  cacheCase({
    id: 'memory.getMany100',
    title: 'await getMany of 100 warm keys',
    metric: 'time',
    tier: 'memory',
    baseline: 'map',
    contenders: ['map', 'lru-cache', 'holdfast', 'cacheable', 'cache-manager'],
    gated: 'holdfast',
    async prepare(subject, loops) {
      await fill(subject)
      return { run: loops.awaited(need(subject.getMany, 'getMany'), batchesOf(100, 32), isBatchOf(100)) }
    },
  }),
  cacheCase({
    id: 'memory.set',
    title: 'await set(key, row) over 1,024 keys',
    metric: 'time',
    tier: 'memory',
    baseline: 'map',
    contenders: readers,
    gated: 'holdfast',
    async prepare(subject, loops) {
      const set = need(subject.set, 'set')
      const row = rowOf(1)
      return {
        run: loops.awaited(
          (key: string) => set(key, row),
          warmKeys,
          () => true,
        ),
      }
    },
  }),
  cacheCase({
    id: 'memory.heap1m',
    title: 'heap of 1,000,000 entries { id, v } with string keys and a ttl; timed: get',
    metric: 'time',
    tier: 'memory',
    maxEntries: 1_000_000,
    baseline: 'map',
    contenders: ['map', 'lru-cache', 'holdfast', 'bentocache-ref'],
    goals: [{ ours: 'holdfast', against: 'map', metric: 'bytes', atMost: 2.2 }],
    async prepare(_empty, loops, { another }) {
      const count = 1_000_000
      const before = await takenBytes()
      // What is reserved when it is opened counts, too.
      const subject = await another()
      const set = need(subject.set, 'set')
      for (let i = 0; i < count; i++) await set(`user:${i}`, { id: i, v: i * 2 })
      const bytes = Math.round(((await takenBytes()) - before) / count)
      return { run: loops.awaited(need(subject.get, 'get'), makeKeys(1 << 16), isValue), bytes }
    },
  }),
  storeCase('memory.store10k', 'get of the bare store, 10,000 entries, zipf 0.99', 10_000, 1.15),
  storeCase('memory.store100k', 'get of the bare store, 100,000 entries, zipf 0.99', 100_000, 1.15),
  storeCase(
    'memory.storeMiss',
    'a miss of the bare store at its bound of 1,000 entries: eviction and insertion',
    1_000,
    1.3,
    true,
  ),
]

/** What lives on the heap, and in buffers beside it, which are given back a moment after they were collected. */
async function takenBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await setTimeout(50)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The two calls of a synchronous store that the read path is made of. */
interface BareStore {
  readonly get: (key: string) => unknown
  readonly set: (key: string) => void
}

/** The store beneath the cache, without promises: its own goals are relative to lru-cache. */
function storeCase(id: string, title: string, entries: number, atMost: number, misses = false): Case {
  return {
    id,
    title,
    metric: 'time',
    needsRedis: false,
    baseline: 'lru-cache',
    contenders: misses ? ['lru-cache', 'holdfast'] : ['map', 'lru-cache', 'holdfast'],
    gated: 'holdfast',
    goals: [{ ours: 'holdfast', against: 'lru-cache', metric: 'time', atMost }],
    async open(contender, { sdk, instance }) {
      const loops = await freshLoops(instance)
      const entry: Entry = { value: rowOf(1), createdAt: 0, staleAt: 8e15, expiresAt: 8e15, tags: [] }
      const openers: Record<string, () => BareStore> = {
        map: () => {
          const map = new Map<string, Entry>()
          return { get: (key) => map.get(key), set: (key) => map.set(key, entry) }
        },
        'lru-cache': () => {
          const cache = new LRUCache<string, Entry>({ max: entries, ttl: 600_000 })
          return { get: (key) => cache.get(key), set: (key) => cache.set(key, entry) }
        },
        holdfast: () => {
          const store = sdk.memoryStore({ maxEntries: entries })
          return { get: (key) => store.get(key), set: (key) => store.set(key, entry) }
        },
      }
      const store = need(openers[contender], contender)()
      const keys = makeKeys(misses ? drawn : entries)
      for (const key of keys) store.set(key)
      if (!misses) return { run: loops.synchronous(store.get, zipfKeys(keys), isValue), close: async () => {} }
      const miss = (key: string): boolean => {
        if (store.get(key) === undefined) store.set(key)
        return true
      }
      return { run: loops.synchronous(miss, keys, () => true), close: async () => {} }
    },
  }
}

/** How many keys a loop cycles through. */
const drawn = 1 << 16

function zipfKeys(keys: readonly string[]): readonly string[] {
  const random = createRandom(1)
  const draw = createZipf(keys.length, 0.99)
  const shuffled = permutation(keys.length, random)
  return Array.from({ length: drawn }, () => keys[shuffled[draw(random)] ?? 0] ?? '')
}
