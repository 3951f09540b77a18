import { paint } from '@holdfast/bench/report/paint'
import { renderTable } from '@holdfast/bench/report/table'
import { formatMs } from '@holdfast/bench/report/units'
import type { RedisServer } from '@holdfast/testing/redis'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Samples } from '../engines/samples.ts'
import { summarize, type Summary } from '../measure/summary.ts'
import { startApi } from '../processes/api.ts'
import { watchHealth, type HealthChange } from '../processes/health.ts'
import { bar, type Screen } from '../report/screen.ts'
import { workloadOf } from '../traffic/workload.ts'
import { demoSeeding, type Stage } from './stage.ts'

const rate = 100
const killAfterMs = 3_000
const deadMs = 3_500
const durationMs = 10_500

/** Kills Redis under load and brings it back. */
export async function outage(stage: Stage, server: RedisServer, screen: Screen): Promise<Summary> {
  screen.line(
    `\n${paint('bold', `Redis dies: ${rate} requests a second for ${durationMs / 1_000} s, 1 in 20 writes`)}\n`,
  )
  const { databasePath, generator } = stage
  await using api = await startApi({ mode: 'tiered', databasePath, redisUrl: server.url })
  await using health = await watchHealth(api.url)
  const traffic = { workload: workloadOf('api'), seed: demoSeeding.seed, rows: demoSeeding.rows }
  const shape = { arrivals: 'poisson', rate, durationMs, timeoutMs: 5_000, maxConnections: 1_000 } as const
  const running = generator.run(
    { engine: 'open', urls: [api.url], traffic, ...shape },
    ({ elapsedMs, answered, failed }) => {
      screen.progress(`  ${bar(elapsedMs / durationMs)} ${answered} answered, ${failed} failed, Redis ${state(server)}`)
    },
  )
  // Whatever fails below is told by the run itself.
  running.catch(() => {})
  await sleep(killAfterMs)
  await server.kill()
  const killedAt = Date.now()
  screen.line(`  ${clock(killAfterMs)}  ${paint('red', 'redis-server killed')} (SIGKILL)`)
  await sleep(deadMs)
  const { cache } = await api.read()
  const queued = cache?.shared.journalEntries ?? 0
  await server.restart({ data: 'empty' })
  const backAt = Date.now()
  screen.line(`  ${clock(backAt - killedAt + killAfterMs)}  ${paint('green', 'redis-server is back')}, empty`)
  const { samples, startedAt } = await running
  const healthyAt = health.changes.findLast(isHealthy)?.at
  const healed =
    healthyAt !== undefined && healthyAt > backAt
      ? `${clock(healthyAt - killedAt + killAfterMs)}  ${paint('green', '/api/cache-status is healthy again')}, ${Math.round(healthyAt - backAt)} ms later; ${queued} invalidations of the outage were replayed`
      : `${clock(durationMs)}  ${paint('red', '/api/cache-status is not healthy again')}`
  screen.line(`  ${healed}\n`)
  screen.line(phases(samples, [killedAt - startedAt, backAt - startedAt]))
  screen.line(paint('dim', '  It came back empty, so everything is loaded anew: nothing from before is believed.'))
  const summary = summarize(samples)
  const { failed, requests, staleReads } = summary
  const verdict = failed === 0 ? paint(['bold', 'green'], '0 failed') : paint(['bold', 'red'], `${failed} failed`)
  screen.line(`\n  ${verdict} of ${requests.toLocaleString('en-US')} requests; ${staleReads} stale answers`)
  return summary
}

function phases(samples: Samples, [kill, back]: readonly [number, number]): string {
  const columns = [
    { title: '' },
    ...['requests', 'failed', 'p50', 'p99', 'hit ratio'].map((title) => ({ title, align: 'right' as const })),
  ]
  const rows = [
    { title: 'before', slice: { toMs: kill } },
    { title: 'without Redis', slice: { fromMs: kill, toMs: back } },
    { title: 'afterwards', slice: { fromMs: back } },
  ].map(({ title, slice }) => {
    const { requests, failed, p50Ms, p99Ms, hitRatio } = summarize(samples, slice)
    return [
      `  ${title}`,
      String(requests),
      String(failed),
      formatMs(p50Ms),
      formatMs(p99Ms),
      `${(hitRatio * 100).toFixed(1)} %`,
    ]
  })
  return renderTable(columns, rows)
}

function isHealthy({ status }: HealthChange): boolean {
  return status === 'healthy'
}

function state(server: RedisServer): string {
  return server.isRunning ? 'is there' : 'is dead'
}

function clock(ms: number): string {
  return paint('dim', `${(ms / 1_000).toFixed(1).padStart(4)} s`)
}
