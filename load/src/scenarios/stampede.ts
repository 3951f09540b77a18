import { setTimeout } from 'node:timers/promises'
import type { Samples } from '../engines/samples.ts'
import type { ApiProcess } from '../processes/api.ts'
import type { Read } from '../traffic/catalog.ts'
import { errorsOf, hitOutcomes, latencyOf } from './measures.ts'
import { placesOf } from '../measure/slice.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

type Name =
  | 'loads{processes:1}'
  | 'loads{processes:4}'
  | 'loads{fleet:4}'
  | 'loads{failing}'
  | 'loads{after failure}'
  | 'errors'
  | 'waited for the loader'
  | 'loads{swr}'
  | 'latency{swr}'

const hot: Read = {
  type: 'read',
  route: 'pricing',
  path: '/api/pricing/texas',
  key: 'pricing:texas',
  scope: 'pricing:texas',
}
const crowd = 500
const loaderMs = 200
const heardMs = 100

/** Five hundred at once for a key that has just expired. */
export const stampede: Scenario<Name> = {
  name: 'stampede',
  title: `${crowd} requests at once for a key that has just expired, with a loader of ${loaderMs} ms`,
  metrics: {
    'loads{processes:1}': 'count',
    'loads{processes:4}': 'count',
    'loads{fleet:4}': 'count',
    'loads{failing}': 'count',
    'loads{after failure}': 'count',
    errors: 'share',
    'waited for the loader': 'share',
    'loads{swr}': 'count',
    'latency{swr}': 'times',
  },
  control: {
    title: 'a cache-aside by hand: read Redis, else load',
    mode: 'naive',
    mustFail: ['loads{processes:1}', 'loads{processes:4}', 'loads{fleet:4}', 'waited for the loader'],
  },

  async run(stage) {
    const databasePath = await stage.database()
    const redisUrl = (await stage.redis()).url
    const start = (env: NodeJS.ProcessEnv = {}): Promise<ApiProcess> => stage.api({ databasePath, redisUrl, env })
    const one = await start()
    const alone = await rush(stage, [one], 'one process')
    const failing = await rush(stage, [one], 'a loader that fails', { isFailing: true })
    const afterwards = await rush(stage, [one], 'the loader is well again')
    const four = [one, await start(), await start(), await start()]
    const together = await rush(stage, four, 'four processes')
    const inFleet = { API_FLEET: '1', REDIS_KEY_PREFIX: 'fleet:' }
    const fleet = [await start(inFleet), await start(inFleet), await start(inFleet), await start(inFleet)]
    const shared = await rush(stage, fleet, 'four processes that load for each other')
    // The same key in another cache would be a hit: this one answers stale while it loads behind.
    const swr = [await start({ API_SWR: '1', REDIS_KEY_PREFIX: 'swr:' })]
    // All have come before the load ends: who comes just then gets what was loaded, and has not waited for it.
    const patient = await rush(stage, swr, 'stale while revalidating', { delayMs: 5 * loaderMs })
    const answered = [alone, afterwards, together, shared, patient].map(({ samples }) => samples)

    return {
      metrics: {
        'loads{processes:1}': { kind: 'count', value: alone.loads },
        'loads{processes:4}': { kind: 'count', value: together.loads },
        'loads{fleet:4}': { kind: 'count', value: shared.loads },
        'loads{failing}': { kind: 'count', value: failing.loads },
        'loads{after failure}': { kind: 'count', value: afterwards.loads },
        errors: errorsOf(answered),
        'waited for the loader': {
          kind: 'share',
          part: placesOf(patient.samples, { outcomes: ['miss', 'none'] }).length,
          of: patient.samples.count,
        },
        'loads{swr}': { kind: 'count', value: patient.loads },
        'latency{swr}': latencyOf(patient.samples, { outcomes: hitOutcomes }),
      },
      notes: [
        `${crowd} requests: ${alone.loads} load in one process, ${together.loads} in four, ${shared.loads} in four that load for each other.`,
      ],
    }
  },
}

interface Rush {
  readonly samples: Samples
  /** How often the key was loaded meanwhile, by all processes together. */
  readonly loads: number
}

async function rush(
  stage: Stage,
  apis: readonly ApiProcess[],
  title: string,
  { isFailing = false, delayMs = loaderMs } = {},
): Promise<Rush> {
  await Promise.all(apis.map((api) => api.fault({ delayMs: 0, isFailing: false })))
  for (const api of apis) await (await fetch(api.url + hot.path)).arrayBuffer()
  await Promise.all(apis.map((api) => api.fault({ delayMs, isFailing })))
  await Promise.all(apis.map((api) => api.expire([hot.key])))
  // Each hears of the others: a load that had begun by then would be overtaken, and another begun.
  await setTimeout(heardMs)
  const before = await countLoads(apis)
  const { samples } = await stage.open(title, {
    urls: apis.map(({ url }) => url),
    workload: stage.workload('browse'),
    entries: [hot],
    arrivals: 'burst',
    rate: crowd,
    durationMs: 1_000,
  })
  return { samples, loads: (await countLoads(apis)) - before }
}

async function countLoads(apis: readonly ApiProcess[]): Promise<number> {
  const counts = await Promise.all(apis.map((api) => api.loadsOf(hot.key)))
  return counts.reduce((sum, count) => sum + count, 0)
}
