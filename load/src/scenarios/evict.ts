import { errorsOf, failuresOf, stalenessOf, wrongKeysOf } from './measures.ts'
import type { Scenario } from './scenario.ts'
import type { Samples } from '../engines/samples.ts'
import type { Stage } from './stage.ts'

type Name =
  | 'errors'
  | 'wrong keys'
  | 'staleness'
  | 'redis evictions'
  | 'redis refusals'
  | 'memory evictions'
  | 'memory beyond bound'

/** The bound on memory, small enough that the traffic fills it many times. */
const maxMemory = '200kb'

/** What Redis may take on top of what it takes when it is empty. */
const roomBytes = 300 * 1_024

/** Redis is full: first it evicts, then it refuses. */
export const evict: Scenario<Name> = {
  name: 'evict',
  title: 'Redis is full: first it evicts what it likes, then it refuses to write; memory keeps its bound',
  metrics: {
    errors: 'share',
    'wrong keys': 'count',
    staleness: 'ages',
    'redis evictions': 'count',
    'redis refusals': 'count',
    'memory evictions': 'count',
    'memory beyond bound': 'count',
  },
  control: { title: 'a cache-aside by hand, which hands the refusal on', mode: 'naive', mustFail: ['errors'] },

  async run(stage) {
    const evicting = await fill(stage, 'allkeys-lru')
    const refusing = await fill(stage, 'noeviction')
    const samples = [evicting.samples, refusing.samples]

    return {
      metrics: {
        errors: errorsOf(samples),
        'wrong keys': wrongKeysOf(samples),
        staleness: stalenessOf(samples),
        'redis evictions': { kind: 'count', value: evicting.evicted },
        'redis refusals': { kind: 'count', value: refusing.refused },
        'memory evictions': { kind: 'count', value: evicting.dropped + refusing.dropped },
        'memory beyond bound': { kind: 'count', value: evicting.overfull + refusing.overfull },
      },
      notes: samples.flatMap(failuresOf),
    }
  },
}

interface Filled {
  readonly samples: Samples
  /** Keys that Redis evicted. */
  readonly evicted: number
  /** Commands that Redis refused since it was full. */
  readonly refused: number
  /** Entries that memory dropped to keep its bound. */
  readonly dropped: number
  /** Readings at which memory held more than its bound. */
  readonly overfull: number
}

async function fill(stage: Stage, policy: 'allkeys-lru' | 'noeviction'): Promise<Filled> {
  const redis = await stage.redis({ 'maxmemory-policy': policy })
  const api = await stage.api({ redisUrl: redis.url, env: { CACHE_MAX_MEMORY: maxMemory } })
  const used = Number(/used_memory:(\d+)/.exec(String(await redis.own!.command('INFO', 'memory')))?.[1])
  await redis.own!.command('CONFIG', 'SET', 'maxmemory', used + roomBytes)
  await using meters = stage.watch(api)
  const { samples } = await stage.open(policy, {
    urls: [api.url],
    // So many leads that hardly one is asked for twice.
    workload: { ...stage.workload('scan'), leads: 5_000, walking: 0.8, writes: 0.02 },
    rate: 150,
    durationMs: stage.durationMs({ quick: 8_000, full: 20_000 }),
  })
  const info = `${String(await redis.own!.command('INFO', 'stats'))}${String(await redis.own!.command('INFO', 'errorstats'))}`
  return {
    samples,
    evicted: Number(/evicted_keys:(\d+)/.exec(info)?.[1] ?? 0),
    refused: Number(/errorstat_OOM:count=(\d+)/.exec(info)?.[1] ?? 0),
    dropped: meters.readings.at(-1)?.reading.cache?.shared.evictions ?? 0,
    overfull: meters.readings.filter(({ reading: { cache } }) => {
      const { memoryBytes = 0, memoryMaxBytes = Number.POSITIVE_INFINITY } = cache?.shared ?? {}
      return memoryBytes > memoryMaxBytes
    }).length,
  }
}
