import type { Reading } from '../app/meters.ts'
import type { RunResult } from '../engines/run-result.ts'
import { pairedWindows } from '../measure/windows.ts'
import { sortedColumn } from '../measure/slice.ts'
import { spanOf, summarize } from '../measure/summary.ts'
import type { ApiProcess } from '../processes/api.ts'
import type { Scenario } from './scenario.ts'

type Name =
  | 'hit_ratio'
  | 'hit_ratio{phase:cold}'
  | 'db.queries vs cache=off'
  | 'latency{cache:hit} vs latency{cache:miss}'
  | 'errors'
  | 'staleness'
  | 'counters'

/** The same requests with the cache off and on, as fast as the API answers them. */
export const saturation: Scenario<Name> = {
  name: 'saturation',
  title: 'the same requests with the cache off and on, by ten users who never pause (autocannon)',
  metrics: {
    hit_ratio: 'share',
    'hit_ratio{phase:cold}': 'share',
    'db.queries vs cache=off': 'reduction',
    'latency{cache:hit} vs latency{cache:miss}': 'pairs',
    errors: 'share',
    staleness: 'ages',
    counters: 'count',
  },
  control: { title: 'the cache is off in both', mode: 'off', mustFail: ['hit_ratio', 'db.queries vs cache=off'] },

  async run(stage) {
    const count = stage.settings.isQuick ? 2_500 : 4_000
    const workload = stage.workload('browse')
    const redis = await stage.redis()
    const off = await stage.api({ mode: 'off' })
    const on = await stage.api({ redisUrl: redis.url })

    // The first requests find the cache empty; what is compared comes after them, and is the same for both.
    const cold = await measured(on, () => stage.saturate('cache on, empty', { url: on.url, workload, count }))
    const warm = await measured(on, () =>
      stage.saturate('cache on, warm', { url: on.url, workload, count, skip: count }),
    )
    const bare = await measured(off, () => stage.saturate('cache off', { url: off.url, workload, count, skip: count }))
    const runs = [cold, warm, bare].map(({ samples }) => summarize(samples))
    const [coldSummary, warmSummary] = runs as [(typeof runs)[0], (typeof runs)[0]]
    const failed = runs.reduce((sum, run) => sum + run.failed, 0)
    const requests = runs.reduce((sum, run) => sum + run.requests, 0)

    return {
      metrics: {
        hit_ratio: { kind: 'share', part: warmSummary.hits, of: readsOf(warm) },
        'hit_ratio{phase:cold}': { kind: 'share', part: coldSummary.hits, of: readsOf(cold) },
        'db.queries vs cache=off': { kind: 'reduction', before: bare.queries, after: warm.queries },
        'latency{cache:hit} vs latency{cache:miss}': {
          kind: 'pairs',
          ratios: [cold, warm].flatMap(({ samples }) =>
            pairedWindows(samples, { outcomes: ['hit memory', 'hit redis'] }, { outcomes: ['miss'] }, 100),
          ),
        },
        errors: { kind: 'share', part: failed, of: requests },
        staleness: { kind: 'ages', sorted: sortedColumn(warm.samples, {}, 'staleness') },
        counters: { kind: 'count', value: warm.disagreements + cold.disagreements + bare.disagreements },
      },
      notes: [
        `${rateOf(bare)} requests a second without the cache, ${rateOf(cold)} with an empty one, ${rateOf(warm)} with a warm one.`,
        `${bare.queries} queries without the cache, ${warm.queries} with a warm one.`,
      ],
    }
  },
}

interface Measured extends RunResult {
  /** Statements that the database ran meanwhile. */
  readonly queries: number
  /** Differences between what the generator, the API and the database each counted. */
  readonly disagreements: number
}

async function measured(api: ApiProcess, drive: () => Promise<RunResult>): Promise<Measured> {
  const before = await api.read()
  const result = await drive()
  const after = await api.read()
  const { hits, misses, requests } = summarize(result.samples)
  const bypassed = sortedColumn(result.samples, { outcomes: ['bypass'] }, 'latency').length
  const tally = (name: keyof Reading['tally']['outcomes']): number =>
    after.tally.outcomes[name] - before.tally.outcomes[name]
  const writes = after.tally.writes - before.tally.writes
  const calls = after.database.calls - before.database.calls
  const differences = [
    tally('hit') + tally('stale') - hits,
    tally('miss') - misses,
    tally('bypass') - bypassed,
    writes + hits + misses + bypassed - requests,
    after.loads - before.loads + writes - calls,
  ]
  return {
    ...result,
    queries: queriesOf(after) - queriesOf(before),
    disagreements: differences.reduce((sum, difference) => sum + Math.abs(difference), 0),
  }
}

function queriesOf({ database }: Reading): number {
  return database.reads + database.writes
}

function readsOf({ samples }: RunResult): number {
  return samples.count - sortedColumn(samples, { routes: ['change-lead', 'set-price'] }, 'latency').length
}

function rateOf({ samples }: RunResult): string {
  return Math.round(samples.count / (spanOf(samples) / 1_000)).toLocaleString('en-US')
}
