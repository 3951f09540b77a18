import { judgeRate } from '../capacity/judge-rate.ts'
import { findCapacity, type Capacity } from '../capacity/search.ts'
import type { ApiProcess } from '../processes/api.ts'
import { hitRatioOf, type Share } from './measures.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

type Name = 'rate vs cache=off' | 'hit_ratio'

/** What users are promised on both sides. */
const promise = { p99Ms: 250, errors: 0.001 }

/** Requests of a probe that are not judged: connections open, and a queue finds its length. */
const settleMs = 1_000

/** The bound of a p99 needs 299 requests. */
const fewestRequests = 400

/** How many more users an API can have with its cache, for the same promise to each. */
export const capacity: Scenario<Name> = {
  name: 'capacity',
  title: `the highest rate at which 99 of 100 requests take less than ${promise.p99Ms} ms, with the cache and without`,
  metrics: { 'rate vs cache=off': 'ratio', hit_ratio: 'share' },
  control: { title: 'the cache is off on both sides', mode: 'off', mustFail: ['rate vs cache=off', 'hit_ratio'] },

  async run(stage) {
    const on = await stage.api({ redisUrl: (await stage.redis()).url })
    await stage.touchAll(on, stage.workload('browse'))
    const bare = await search(stage, await stage.api({ mode: 'off' }), 'cache off')
    const cached = await search(stage, on, 'cache on')
    // The rate that was confirmed last is the one that is claimed.
    const held = stage.drives.findLast(({ title }) => title.startsWith('cache on'))!

    const hit_ratio = hitRatioOf(held.result.samples)
    return {
      metrics: {
        'rate vs cache=off': {
          kind: 'ratio',
          estimate: cached.held / bare.held,
          // What certainly held, over what certainly did not.
          lower: cached.held / bare.broken,
          n: cached.trials.length + bare.trials.length,
        },
        hit_ratio,
      },
      notes: [said('Without the cache', bare), said('With it', cached), ceilingOf(hit_ratio)],
      doubt: bare.trials.some(({ trial }) => trial === 'late')
        ? 'The generator was late against the API without a cache.'
        : undefined,
    }
  },
}

function search(stage: Stage, api: ApiProcess, title: string): Promise<Capacity> {
  const { isQuick } = stage.settings
  return findCapacity(
    async (rate) => {
      const durationMs = settleMs + Math.max(isQuick ? 2_000 : 6_000, (fewestRequests / rate) * 1_000)
      const workload = stage.workload('browse')
      const { samples } = await stage.open(`${title}, ${rate.toFixed(0)} a second`, {
        urls: [api.url],
        workload,
        rate,
        durationMs,
        // Who waits for so long is lost, whatever comes of it.
        timeoutMs: 10_000,
      })
      return judgeRate(samples, promise, settleMs)
    },
    { startRate: 25, ...(isQuick ? { closeness: 1.3, confirmations: 1 } : {}) },
  )
}

/** What a ratio of rates can be at most: only misses are left to the database. */
function ceilingOf({ part, of }: Share): string {
  const missing = of - part
  const bound =
    missing === 0 ? 'nothing was left to the database' : `at most ${(of / missing).toFixed(0)} × is possible with it`
  return `At the rate that held, ${((part / of) * 100).toFixed(1)} % of reads were hits; ${bound}.`
}

function said(who: string, { held, broken, trials }: Capacity): string {
  const above = Number.isFinite(broken) ? `and broke at ${broken.toFixed(0)}` : 'and the generator gave up first'
  return `${who}: ${held.toFixed(0)} requests a second held, ${above} (${trials.length} probes).`
}
