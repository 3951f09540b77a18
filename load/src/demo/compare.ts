import { paint } from '@holdfast/bench/report/paint'
import { renderTable } from '@holdfast/bench/report/table'
import { formatMs } from '@holdfast/bench/report/units'
import type { CacheMode } from '../app/cache.ts'
import type { Reading } from '../app/meters.ts'
import { spanOf, summarize, type Summary } from '../measure/summary.ts'
import { startApi, type ApiProcess } from '../processes/api.ts'
import { bar, type Screen } from '../report/screen.ts'
import { workloadOf } from '../traffic/workload.ts'
import { demoSeeding, type Stage } from './stage.ts'

/** How one pass of the traffic went. */
export interface Pass extends Summary {
  readonly title: string
  readonly requestsPerSecond: number
  /** Statements that the database ran. */
  readonly queries: number
}

export interface Comparison {
  readonly off: Pass
  readonly cold: Pass
  readonly warm: Pass
}

const requests = 2_000
const connections = 10

/** Drives the same traffic with the cache off, on and empty, on and warm; prints what came of it. */
export async function compare(stage: Stage, screen: Screen): Promise<Comparison> {
  const text = `The same ${requests.toLocaleString('en-US')} requests, ${connections} at a time, with the cache off and on`
  screen.line(`\n${paint('bold', text)}`)
  screen.line(
    paint('dim', '  lists, details and search of leads, prices, sales people, reports; 1 in 200 writes; seed 1\n'),
  )
  const mode = stage.redis === undefined ? 'memory' : 'tiered'
  const off = await withApi(stage, 'off', (api) => drive(stage, api, 'cache off', screen))
  const { cold, warm } = await withApi(stage, mode, async (api) => ({
    cold: await drive(stage, api, 'cache on, empty', screen),
    warm: await drive(stage, api, 'cache on, warm', screen),
  }))
  screen.line(tableOf([off, cold, warm]))
  return { off, cold, warm }
}

async function withApi<T>(stage: Stage, mode: CacheMode, work: (api: ApiProcess) => Promise<T>): Promise<T> {
  const { databasePath, redis } = stage
  await using api = await startApi({ mode, databasePath, redisUrl: redis?.url, redisPrefix: redis?.prefix })
  return await work(api)
}

async function drive({ generator }: Stage, api: ApiProcess, title: string, screen: Screen): Promise<Pass> {
  screen.begin(`  ${title} …`)
  const before = await api.read()
  const traffic = { workload: workloadOf('browse'), seed: demoSeeding.seed, rows: demoSeeding.rows, count: requests }
  const job = { engine: 'saturate', url: api.url, connections, timeoutMs: 10_000, traffic } as const
  const { samples } = await generator.run(job, ({ answered, elapsedMs }) => {
    const seconds = (elapsedMs / 1_000).toFixed(1)
    screen.progress(`  ${title.padEnd(16)} ${bar(answered / requests)} ${answered} of ${requests}, ${seconds} s`)
  })
  const after = await api.read()
  const summary = summarize(samples)
  const requestsPerSecond = samples.count / (spanOf(samples) / 1_000)
  return { ...summary, title, requestsPerSecond, queries: queriesOf(after) - queriesOf(before) }
}

function queriesOf({ database }: Reading): number {
  return database.reads + database.writes
}

function tableOf(passes: readonly Pass[]): string {
  const [off] = passes
  const factor = (value: number): string => (value === 1 ? '' : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ×`)
  const columns = [
    { title: '' },
    ...['requests/s', 'faster', 'p50', 'p99', 'queries', 'hit ratio', 'failed'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ]
  const rows = passes.map((pass) => [
    `  ${pass.title}`,
    Math.round(pass.requestsPerSecond).toLocaleString('en-US'),
    factor(pass.requestsPerSecond / off!.requestsPerSecond),
    formatMs(pass.p50Ms),
    formatMs(pass.p99Ms),
    `${pass.queries.toLocaleString('en-US')}${pass === off ? '' : ` (−${Math.round((1 - pass.queries / off!.queries) * 100)} %)`}`,
    Number.isNaN(pass.hitRatio) ? '–' : `${(pass.hitRatio * 100).toFixed(1)} %`,
    String(pass.failed),
  ])
  return renderTable(columns, rows)
}
