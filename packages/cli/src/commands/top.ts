import { setTimeout as sleep } from 'node:timers/promises'
import type { CacheStats } from 'holdfast'
import { CliError, ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { findApp, readStatus, type AppFlags, type StatusPage } from '../status-page.ts'

export interface TopFlags extends AppFlags {
  /** Between two lines, in milliseconds. */
  readonly interval: number
  /** How many lines; without it, until Ctrl-C. */
  readonly count?: number
}

/** What happened in a running application between two looks, a line each. Goes on while the application is away. */
export async function top(flags: TopFlags, output: Output, signal: AbortSignal): Promise<number> {
  const url = findApp(flags)
  // The first look must work: a wrong address is said at once.
  let last: StatusPage = await readStatus(url)
  let lines = 0
  while (!signal.aborted && (flags.count === undefined || lines < flags.count)) {
    await sleep(flags.interval, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) break
    if (!output.isJson && lines % 20 === 0)
      output.line(undefined, () => columns.map(([name]) => name.padStart(9)).join(''))
    lines += 1
    const page = await readStatus(url).catch((error: unknown) => {
      if (error instanceof CliError) return error
      throw error
    })
    if (page instanceof CliError) {
      output.line({ timestamp: new Date().toISOString(), error: page.message }, () => page.message)
      continue
    }
    const rates = between(last, page)
    output.line(rates, () => columns.map(([, show]) => show(rates).padStart(9)).join(''))
    last = page
  }
  return ExitCode.ok
}

interface Rates {
  readonly timestamp: string
  readonly status: string
  readonly redis: boolean
  readonly latencyMs: number | null
  /** Per second. */
  readonly hits: number
  readonly misses: number
  readonly loads: number
  readonly invalidations: number
  /** In percent, of what was read meanwhile; `null`: nothing was. */
  readonly hitRate: number | null
  readonly memoryEntries: number
}

const columns: readonly (readonly [name: string, show: (rates: Rates) => string])[] = [
  ['time', ({ timestamp }) => timestamp.slice(11, 19)],
  ['hits/s', ({ hits }) => hits.toFixed(1)],
  ['miss/s', ({ misses }) => misses.toFixed(1)],
  ['hit %', ({ hitRate }) => hitRate?.toFixed(1) ?? '-'],
  ['loads/s', ({ loads }) => loads.toFixed(1)],
  ['inval/s', ({ invalidations }) => invalidations.toFixed(1)],
  ['entries', ({ memoryEntries }) => String(memoryEntries)],
  ['redis ms', ({ redis, latencyMs }) => (redis ? String(latencyMs ?? '?') : 'away')],
  ['', ({ status }) => `  ${status}`],
]

function between(before: StatusPage, after: StatusPage): Rates {
  const seconds = Math.max(0.001, (Date.parse(after.timestamp) - Date.parse(before.timestamp)) / 1_000)
  // A process that was restarted counts from nothing.
  const rate = (name: keyof CacheStats): number =>
    Math.max(0, Number(after.stats?.[name] ?? 0) - Number(before.stats?.[name] ?? 0)) / seconds
  const [hits, misses] = [rate('hits'), rate('misses')]
  return {
    timestamp: after.timestamp,
    status: after.status,
    redis: after.redis,
    latencyMs: after.latency,
    hits,
    misses,
    loads: rate('loads'),
    invalidations: rate('invalidations'),
    hitRate: hits + misses === 0 ? null : (100 * hits) / (hits + misses),
    memoryEntries: after.stats?.memoryCacheSize ?? 0,
  }
}
