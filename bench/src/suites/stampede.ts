import { setImmediate as nextTurn } from 'node:timers/promises'

import { cacheCase, type CacheCase, type Case, isValue, need } from './case.ts'
import { rowOf } from './fill.ts'

const callers = 100

const spec: Omit<CacheCase, 'id' | 'title' | 'tier' | 'metric' | 'baseline' | 'contenders'> = {
  gated: 'holdfast',
  step: callers,
  async prepare(subject, loops) {
    let loads = 0
    const load = async (): Promise<unknown> => {
      loads++
      await nextTurn()
      return rowOf(loads)
    }
    const getOrSet = need(subject.getOrSet, 'getOrSet')
    return {
      run: loops.crowded((key: string) => getOrSet(key, load), isValue, callers),
      loads: () => loads,
    }
  },
}

/** Many callers of one key that nobody has: figures are per caller; how often the loader ran is counted. */
export const stampedeCases: readonly Case[] = [
  cacheCase({
    ...spec,
    id: 'stampede.load',
    title: `${callers} callers of one cold key in memory, a loader of one turn of the event loop`,
    metric: 'time',
    tier: 'memory',
    baseline: 'lru-cache',
    contenders: ['lru-cache', 'holdfast', 'bentocache', 'cacheable', 'cache-manager', 'async-cache-dedupe'],
  }),
  cacheCase({
    ...spec,
    id: 'stampede.tiered',
    title: `${callers} callers of one key that is cold in both tiers`,
    metric: 'cpu',
    tier: 'tiered',
    baseline: 'holdfast',
    contenders: ['holdfast', 'bentocache', 'cacheable', 'cache-manager'],
  }),
]
