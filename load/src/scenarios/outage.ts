import { setTimeout as sleep } from 'node:timers/promises'
import type { Reading } from '../app/meters.ts'
import type { Samples } from '../engines/samples.ts'
import { placesOf } from '../measure/slice.ts'
import { watchHealth, type HealthChange } from '../processes/health.ts'
import type { RunRedis } from '../processes/redis.ts'
import type { Metric } from '../verdict/metric.ts'
import { errorsOf, failuresOf, latencyOf, overageOf, stalenessOf, wrongKeysOf } from './measures.ts'
import { timeToHitRatio } from './recovery.ts'
import type { Control, Observation } from './scenario.ts'
import type { Stage } from './stage.ts'
import { lostWrites, staleAtRest } from './truth.ts'

/** What every scenario measures in which Redis is struck and comes back. */
export const outageMetrics = {
  errors: 'share',
  'wrong keys': 'count',
  staleness: 'ages',
  overage: 'ages',
  'latency{phase:fault} beyond loader': 'times',
  'latency{phase:before}': 'times',
  'fault happened': 'count',
  detection: 'delay',
  'recovery{health}': 'delay',
  'recovery{hit_ratio:0.8}': 'delay',
  'breaker opened': 'count',
  'time-outs': 'count',
  'lost writes': 'count',
  'stale at rest': 'count',
} as const

export type OutageName = keyof typeof outageMetrics

export const outageControl: Control<OutageName> = {
  title: 'a cache-aside by hand on ioredis as it comes, without a deadline, a breaker or memory',
  mode: 'naive',
  mustFail: ['latency{phase:fault} beyond loader'],
}

/** How Redis is struck, and how it comes back. */
export interface Strike {
  /** What Redis is started with. */
  readonly config?: Readonly<Record<string, string | number>>
  /** Called half-way to the strike. */
  readonly prepare?: (redis: RunRedis) => Promise<void>
  /** Strikes, and tells whether it really did. */
  readonly strike: (redis: RunRedis) => Promise<boolean>
  readonly heal: (redis: RunRedis) => Promise<void>
  readonly labels: readonly [struck: string, healed: string]
}

/** Strikes Redis under load and brings it back, and looks whether anybody noticed. */
export async function playOutage(stage: Stage, strike: Strike): Promise<Observation<OutageName>> {
  const { isQuick } = stage.settings
  const [beforeMs, faultMs, afterMs] = isQuick ? [2_500, 3_500, 6_000] : [5_000, 5_000, 15_000]
  const databasePath = await stage.database()
  const redis = await stage.redis(strike.config)
  const api = await stage.api({ databasePath, redisUrl: redis.url })
  // So few leads that a second of the traffic asks for most of them again, once the cache is empty.
  const workload = { ...stage.workload('hot'), leads: 100, writes: 0.02 }
  await stage.touchAll(api, workload)
  await using health = await watchHealth(api.url)
  await using meters = stage.watch(api)

  const { ended } = await stage.openMeanwhile('Redis is struck', {
    urls: [api.url],
    workload,
    rate: 80,
    durationMs: beforeMs + faultMs + afterMs,
  })
  await sleep(beforeMs / 2)
  await strike.prepare?.(redis)
  await sleep(beforeMs / 2)
  const hasHappened = await strike.strike(redis)
  const struckAt = stage.mark(strike.labels[0], 'begins')
  await sleep(faultMs)
  await strike.heal(redis)
  const healedAt = stage.mark(strike.labels[1], 'ends')
  const { samples, startedAt, acknowledged } = await ended
  const [struck, healed] = [struckAt - startedAt, healedAt - startedAt]
  const { cache } = await api.read()

  return {
    metrics: {
      errors: errorsOf(samples),
      'wrong keys': wrongKeysOf(samples),
      staleness: stalenessOf(samples),
      overage: overageOf(samples),
      'latency{phase:before}': latencyOf(samples, { toMs: struck }),
      'latency{phase:fault} beyond loader': beyondLoader(samples, [struck, healed]),
      'fault happened': { kind: 'count', value: hasHappened ? 1 : 0 },
      detection: { kind: 'delay', ms: firstAfter(health.changes, struckAt, ({ status }) => status !== 'healthy') },
      'recovery{health}': {
        kind: 'delay',
        ms: firstAfter(health.changes, healedAt, ({ status }) => status === 'healthy'),
      },
      'recovery{hit_ratio:0.8}': { kind: 'delay', ms: timeToHitRatio(samples, 0.8, healed) },
      'breaker opened': { kind: 'count', value: Number(cache?.shared.remote?.details?.['breakerOpened'] ?? 0) },
      'time-outs': { kind: 'count', value: timeoutsOf(cache) },
      'lost writes': { kind: 'count', value: lostWrites(databasePath, acknowledged) },
      'stale at rest': { kind: 'count', value: await staleAtRest([api], databasePath, acknowledged) },
    },
    notes: [...failuresOf(samples), ...notesOf(cache, meters.readings)],
  }
}

/** When a health was first seen after an instant, in milliseconds after it; at once when it was so already. */
function firstAfter(
  changes: readonly HealthChange[],
  instant: number,
  isSought: (change: HealthChange) => boolean,
): number | undefined {
  const before = changes.findLast(({ at }) => at <= instant)
  if (before !== undefined && isSought(before)) return 0
  const found = changes.find((change) => change.at > instant && isSought(change))
  return found === undefined ? undefined : found.at - instant
}

/** What a request of the fault waited besides the database. */
function beyondLoader(samples: Samples, [fromMs, toMs]: readonly [number, number]): Metric {
  const places = placesOf(samples, { fromMs, toMs })
  const sorted = Float64Array.from(places, (place) => samples.latency[place]! - samples.load[place]!).sort()
  return { kind: 'times', sorted }
}

/** Calls for requests that waited for Redis until their deadline; probes and health checks are not among them. */
function timeoutsOf(cache: Reading['cache']): number {
  if (cache === undefined) return 0
  return Object.entries(cache.shared.remoteCalls)
    .filter(([method]) => method !== 'ping' && method !== 'info')
    .reduce((sum, [, { timeouts }]) => sum + timeouts, 0)
}

function notesOf(cache: Reading['cache'], readings: readonly { readonly reading: Reading }[]): readonly string[] {
  if (cache === undefined) return []
  const most = (of: (reading: Reading) => number): number => Math.max(...readings.map(({ reading }) => of(reading)))
  const { shared, loadLatency } = cache
  return [
    `A load took ${loadLatency.p99Ms.toFixed(0)} ms (p99); at most ${most((reading) => reading.database.queued)} waited for the database.`,
    `At most ${most((reading) => reading.cache?.shared.journalEntries ?? 0)} invalidations waited for Redis; ${shared.remoteErrors} of its calls failed; the breaker opened ${String(shared.remote?.details?.['breakerOpened'])} times.`,
  ]
}
