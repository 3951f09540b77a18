import { cacheCase, type CacheCase, type Case, type Goal, isBatchOf, isValue, type Metric, need } from './case.ts'
import { batchesOf, fill, rowOf, warmKeys } from './fill.ts'

const all = [
  'ioredis',
  'ioredis-auto',
  'node-redis',
  'holdfast',
  'holdfast-nobreaker',
  'bentocache',
  'cacheable',
  'cache-manager',
]
const ours = ['holdfast', 'holdfast-nobreaker']
/** V8 is done with both sides after two to four seconds. */
const warmMs = 2_500

/** A goal for ours with the breaker and without: the difference is what the breaker adds. */
function bothGoals(against: string, metric: Metric, atMost: number): readonly Goal[] {
  return ours.map((name) => ({ ours: name, against, metric, atMost }))
}

function reads(id: string, width: number, more: Partial<CacheCase>): Case {
  return cacheCase({
    id,
    title:
      width === 1
        ? 'await get(key), one at a time, 200-byte rows'
        : `get(key) with ${width} reads in flight, 200-byte rows`,
    metric: 'cpu',
    warmMs,
    tier: 'remote',
    baseline: 'ioredis',
    contenders: all,
    gated: 'holdfast',
    step: width,
    async prepare(subject, loops) {
      await fill(subject)
      const get = need(subject.get, 'get')
      return {
        run: width === 1 ? loops.awaited(get, warmKeys, isValue) : loops.inFlight(get, warmKeys, isValue, width),
      }
    },
    ...more,
  })
}

/** The remote tier alone, values decoded: what a round trip costs the client's processor over ioredis by hand. */
export const redisCases: readonly Case[] = [
  reads('redis.get', 1, {
    isQuick: true,
    goals: [...bothGoals('ioredis', 'cpu', 1.25), ...bothGoals('ioredis', 'time', 1 / 0.85)],
  }),
  reads('redis.get64', 64, {
    isQuick: true,
    goals: [
      ...bothGoals('ioredis', 'time', 1 / 2.5),
      ...bothGoals('ioredis-auto', 'time', 1 / 1.35),
      ...bothGoals('ioredis', 'cpu', 0.45),
    ],
  }),
  reads('redis.get512', 512, {
    goals: [...bothGoals('ioredis', 'time', 1 / 3), ...bothGoals('ioredis-auto', 'time', 1 / 1.6)],
  }),
  cacheCase({
    id: 'redis.getMany100',
    title: 'await getMany of 100 keys; ioredis: MGET',
    metric: 'cpu',
    warmMs,
    tier: 'remote',
    baseline: 'ioredis',
    contenders: ['ioredis', 'node-redis', 'holdfast', 'holdfast-nobreaker', 'cacheable', 'cache-manager'],
    gated: 'holdfast',
    isQuick: true,
    goals: bothGoals('ioredis', 'cpu', 1),
    async prepare(subject, loops) {
      await fill(subject)
      return { run: loops.awaited(need(subject.getMany, 'getMany'), batchesOf(100, 32), isBatchOf(100)) }
    },
  }),
  cacheCase({
    id: 'redis.set',
    title: 'await set(key, row), one at a time; ours announces it',
    metric: 'cpu',
    warmMs,
    tier: 'remote',
    baseline: 'ioredis',
    contenders: [...all, 'ioredis-announcing'],
    gated: 'holdfast',
    goals: [...bothGoals('ioredis', 'cpu', 1.5), ...bothGoals('ioredis-announcing', 'cpu', 1.1)],
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
    id: 'redis.setMany100',
    title: 'await setMany of 100 rows; ioredis: a pipeline',
    metric: 'cpu',
    warmMs,
    tier: 'remote',
    baseline: 'ioredis',
    contenders: ['ioredis', 'node-redis', 'holdfast', 'holdfast-nobreaker', 'cacheable', 'cache-manager'],
    gated: 'holdfast',
    goals: bothGoals('ioredis', 'cpu', 0.45),
    async prepare(subject, loops) {
      const setMany = need(subject.setMany, 'setMany')
      const batches = batchesOf(100, 32).map((keys) => keys.map((key, i) => [key, rowOf(i)] as const))
      return { run: loops.awaited(setMany, batches, () => true) }
    },
  }),
]
