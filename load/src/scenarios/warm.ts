import { errorsOf, hitOutcomes, hitRatioOf, latencyOf, queriesBetween, stalenessOf } from './measures.ts'
import type { Scenario } from './scenario.ts'

type Name = 'hit_ratio' | 'latency{cache:hit}' | 'latency' | 'db.queries' | 'errors' | 'staleness'

/** All that is asked for was asked for before. */
export const warm: Scenario<Name> = {
  name: 'warm',
  title: 'every key was loaded before: nothing reaches the database, and nobody waits',
  metrics: {
    hit_ratio: 'share',
    'latency{cache:hit}': 'times',
    latency: 'times',
    'db.queries': 'count',
    errors: 'share',
    staleness: 'ages',
  },
  control: { title: 'the cache is off', mode: 'off', mustFail: ['hit_ratio', 'db.queries'] },

  async run(stage) {
    const workload = { ...stage.workload('browse'), writes: 0 }
    const api = await stage.api({ redisUrl: (await stage.redis()).url })
    await stage.touchAll(api, workload)

    const before = await api.read()
    const { samples } = await stage.open('warm', {
      urls: [api.url],
      workload,
      rate: stage.mode === 'off' ? 50 : 200,
      durationMs: stage.durationMs({ quick: 4_000, full: 15_000 }),
    })
    const after = await api.read()

    return {
      metrics: {
        hit_ratio: hitRatioOf(samples),
        'latency{cache:hit}': latencyOf(samples, { outcomes: hitOutcomes }),
        latency: latencyOf(samples),
        'db.queries': { kind: 'count', value: queriesBetween(before, after) },
        errors: errorsOf(samples),
        staleness: stalenessOf(samples),
      },
      notes: [],
    }
  },
}
