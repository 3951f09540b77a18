import { startFaultProxy } from '@holdfast/testing/proxy'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchHealth } from '../processes/health.ts'
import { placesOf } from '../measure/slice.ts'
import { errorsOf, failuresOf, stalenessOf, wrongKeysOf } from './measures.ts'
import type { Scenario } from './scenario.ts'
import { lostWrites, staleAtRest } from './truth.ts'

type Name =
  | 'errors'
  | 'wrong keys'
  | 'staleness'
  | 'staleness{cut off}'
  | 'fault happened'
  | 'lost writes'
  | 'stale at rest'

/** How long the process that is cut off may believe its memory. */
const maxStalenessMs = 2_000

/** Four processes, and one of them loses its way to Redis for a while. */
export const coherence: Scenario<Name> = {
  name: 'coherence',
  title: `four processes: what one writes the others show at once; one that is cut off, after ${maxStalenessMs / 1_000} s at most`,
  metrics: {
    errors: 'share',
    'wrong keys': 'count',
    staleness: 'ages',
    'staleness{cut off}': 'ages',
    'fault happened': 'count',
    'lost writes': 'count',
    'stale at rest': 'count',
  },
  control: {
    title: 'memory alone: no process hears of another',
    mode: 'memory',
    mustFail: ['staleness', 'stale at rest'],
  },

  async run(stage) {
    const { isQuick } = stage.settings
    const [wholeMs, cutMs, afterMs] = isQuick ? [5_500, 4_000, 3_000] : [15_000, 10_000, 10_000]
    const databasePath = await stage.database()
    const redis = await stage.redis()
    const proxy = stage.use(await startFaultProxy({ port: redis.own!.port, url: redis.url }))
    const env = { API_MAX_STALENESS: `${maxStalenessMs}ms` }
    const start = (redisUrl: string): ReturnType<typeof stage.api> => stage.api({ databasePath, redisUrl, env })
    const apis = [await start(redis.url), await start(redis.url), await start(redis.url), await start(proxy.url())]
    await using health = await watchHealth(apis[3]!.url)
    const workload = { ...stage.workload('api'), leads: 50, writes: 0.1 }

    const { ended } = await stage.openMeanwhile('four processes', {
      urls: apis.map(({ url }) => url),
      // What the one that is cut off writes, the others can hear of only when it is back.
      writeUrls: apis.slice(0, 3).map(({ url }) => url),
      workload,
      rate: 80,
      durationMs: wholeMs + cutMs + afterMs,
    })
    await sleep(wholeMs)
    proxy.blackHole()
    const cutAt = stage.mark('The fourth process is cut off from Redis', 'begins')
    await sleep(cutMs)
    const hasHappened = health.changes.at(-1)?.status === 'degraded'
    await proxy.heal()
    const healedAt = stage.mark('It is connected again', 'ends')
    const { samples, startedAt, acknowledged } = await ended
    // Announcements that are on their way arrive.
    await sleep(1_000)
    const [cut, healed] = [cutAt - startedAt, healedAt - startedAt]

    return {
      metrics: {
        errors: errorsOf(samples),
        'wrong keys': wrongKeysOf(samples),
        staleness: stalenessOf(samples, { toMs: cut }),
        'staleness{cut off}': stalenessOf(samples, { fromMs: cut, toMs: healed }),
        'fault happened': { kind: 'count', value: hasHappened ? 1 : 0 },
        'lost writes': { kind: 'count', value: lostWrites(databasePath, acknowledged) },
        'stale at rest': { kind: 'count', value: await staleAtRest(apis, databasePath, acknowledged) },
      },
      notes: [
        ...failuresOf(samples),
        `${placesOf(samples, { routes: ['change-lead', 'set-price'] }).length} writes in ${samples.count} requests.`,
      ],
    }
  },
}
