import { setImmediate as nextTurn } from 'node:timers/promises'

import { cacheCase, type Case, isValue, need } from './case.ts'
import { fill, rowOf, warmKeys } from './fill.ts'

/** Memory before Redis, kept coherent: what the second tier costs the first, and what a miss costs. */
export const tieredCases: readonly Case[] = [
  cacheCase({
    id: 'tiered.getOrSet',
    title: 'await getOrSet(key, load), warm in memory with Redis behind',
    metric: 'time',
    tier: 'tiered',
    baseline: 'holdfast',
    contenders: ['holdfast', 'node-redis', 'bentocache', 'cacheable', 'cache-manager'],
    gated: 'holdfast',
    isQuick: true,
    async prepare(subject, loops) {
      let loads = 0
      const load = async (): Promise<unknown> => {
        loads++
        return rowOf(loads)
      }
      await fill(subject)
      const { getOrSet } = subject
      const read = getOrSet ? (key: string) => getOrSet(key, load) : need(subject.get, 'get')
      for (const key of warmKeys) await read(key)
      return { run: loops.awaited(read, warmKeys, isValue), loads: () => loads }
    },
  }),
  cacheCase({
    id: 'tiered.fill',
    title: 'await getOrSet(key, load) of a key that neither tier has: look, load, store',
    metric: 'cpu',
    tier: 'tiered',
    baseline: 'holdfast',
    contenders: ['holdfast', 'bentocache', 'cacheable', 'cache-manager'],
    gated: 'holdfast',
    async prepare(subject, loops) {
      let loads = 0
      const load = async (): Promise<unknown> => rowOf(loads++)
      const getOrSet = need(subject.getOrSet, 'getOrSet')
      let fresh = 0
      return {
        run: loops.awaited(() => getOrSet(`fresh:${fresh++}`, load), warmKeys, isValue),
        loads: () => loads,
      }
    },
  }),
  cacheCase({
    id: 'tiered.follow',
    title: "one instance writes, until another instance's memory has it",
    metric: 'time',
    tier: 'tiered',
    baseline: 'bentocache',
    contenders: ['bentocache', 'holdfast'],
    goals: [
      { ours: 'holdfast', against: 'bentocache', metric: 'p50', atMost: 1 },
      { ours: 'holdfast', against: 'bentocache', metric: 'p99', atMost: 1.5 },
    ],
    async prepare(writer, loops, { another }) {
      const reader = await another()
      const set = need(writer.set, 'set')
      const get = need(reader.get, 'get')
      let version = 0
      const follow = async (key: string): Promise<unknown> => {
        const written = ++version
        await set(key, { version: written })
        for (;;) {
          const seen = (await get(key)) as { version: number } | undefined
          if (seen?.version === written) return seen
          await nextTurn()
        }
      }
      for (const key of warmKeys.slice(0, 64)) await follow(key)
      return { run: loops.awaited(follow, warmKeys.slice(0, 64), isValue) }
    },
  }),
]
