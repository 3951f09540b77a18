import { pairedWindows } from '../measure/windows.ts'
import { errorsOf, hitOutcomes, hitRatioOf, overageOf, queriesBetween, stalenessOf, wrongKeysOf } from './measures.ts'
import type { Scenario } from './scenario.ts'
import { lostWrites, staleAtRest } from './truth.ts'

type Name =
  | 'hit_ratio'
  | 'db.queries vs cache=off'
  | 'latency{cache:hit} vs latency{cache:miss}'
  | 'errors'
  | 'wrong keys'
  | 'staleness'
  | 'overage'
  | 'lost writes'
  | 'stale at rest'

/** Reads and writes, as the day goes. */
export const mixed: Scenario<Name> = {
  name: 'mixed',
  title: 'one write to nineteen reads: every answer shows every write that was acknowledged before',
  metrics: {
    hit_ratio: 'share',
    'db.queries vs cache=off': 'reduction',
    'latency{cache:hit} vs latency{cache:miss}': 'pairs',
    errors: 'share',
    'wrong keys': 'count',
    staleness: 'ages',
    overage: 'ages',
    'lost writes': 'count',
    'stale at rest': 'count',
  },
  control: { title: 'the cache is off in both', mode: 'off', mustFail: ['hit_ratio', 'db.queries vs cache=off'] },

  async run(stage) {
    const workload = stage.workload('api')
    const databasePath = await stage.database()
    const api = await stage.api({ databasePath, redisUrl: (await stage.redis()).url })
    const bare = await stage.api({ mode: 'off' })
    const traffic = { workload, rate: 80, durationMs: stage.durationMs({ quick: 10_000, full: 60_000 }) }
    if (stage.mode !== 'off') await stage.touchAll(api, workload)

    const start = await api.read()
    const { samples, acknowledged } = await stage.open('cache on', { urls: [api.url], ...traffic })
    const end = await api.read()
    await stage.open('cache off', { urls: [bare.url], ...traffic })
    const without = await bare.read()

    return {
      metrics: {
        hit_ratio: hitRatioOf(samples),
        'db.queries vs cache=off': {
          kind: 'reduction',
          before: without.database.reads + without.database.writes,
          after: queriesBetween(start, end),
        },
        'latency{cache:hit} vs latency{cache:miss}': {
          kind: 'pairs',
          ratios: pairedWindows(samples, { outcomes: hitOutcomes }, { outcomes: ['miss'] }, traffic.durationMs / 10),
        },
        errors: errorsOf(samples),
        'wrong keys': wrongKeysOf(samples),
        staleness: stalenessOf(samples),
        overage: overageOf(samples),
        'lost writes': { kind: 'count', value: lostWrites(databasePath, acknowledged) },
        'stale at rest': { kind: 'count', value: await staleAtRest([api], databasePath, acknowledged) },
      },
      notes: [`${acknowledged.size} leads, lists and prices were written to.`],
    }
  },
}
