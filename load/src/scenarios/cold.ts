import { makeTraffic, type Traffic } from '../traffic/traffic.ts'
import { errorsOf, hitRatioOf, latencyOf } from './measures.ts'
import { timeToHitRatio } from './recovery.ts'
import type { Scenario } from './scenario.ts'

type Name = 'errors' | 'db.loads beyond keys' | 'hit_ratio' | 'time to hit_ratio 0.8' | 'latency'

/** An empty cache under load. */
export const cold: Scenario<Name> = {
  name: 'cold',
  title: 'an empty cache under load: each key is loaded once, however many ask for it meanwhile',
  metrics: {
    errors: 'share',
    'db.loads beyond keys': 'count',
    hit_ratio: 'share',
    'time to hit_ratio 0.8': 'delay',
    latency: 'times',
  },
  control: { title: 'the cache is off', mode: 'off', mustFail: ['db.loads beyond keys'] },

  async run(stage) {
    const workload = { ...stage.workload('browse'), writes: 0 }
    const api = await stage.api({ redisUrl: (await stage.redis()).url })

    const { samples } = await stage.open('cold', {
      urls: [api.url],
      workload,
      rate: 100,
      durationMs: stage.durationMs({ quick: 6_000, full: 25_000 }),
    })
    const { loads, cache } = await api.read()
    const { remoteErrors = 0, gaps = 0 } = cache?.shared ?? {}

    const { seed, rows } = stage.settings
    const keys = distinctKeys(makeTraffic({ workload, seed, rows, count: samples.count }))
    return {
      metrics: {
        errors: errorsOf(samples),
        'db.loads beyond keys': { kind: 'count', value: loads - keys },
        hit_ratio: hitRatioOf(samples),
        'time to hit_ratio 0.8': { kind: 'delay', ms: timeToHitRatio(samples, 0.8, 0) },
        latency: latencyOf(samples),
      },
      notes: [
        `${loads} loads for ${keys} keys and ${samples.count} requests.`,
        `Redis did not answer in time ${remoteErrors} times; ${gaps} sessions with it were lost.`,
      ],
      // What is loaded while a session ends is kept by nobody.
      doubt: gaps > 1 ? 'The machine stood still for so long that the session with Redis was lost.' : undefined,
    }
  },
}

function distinctKeys({ catalog, order }: Traffic): number {
  return new Set(Array.from(order, (place) => catalog[place]!.path)).size
}
