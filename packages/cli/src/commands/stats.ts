import { ExitCode } from '../exit-code.ts'
import { table, type Output } from '../output.ts'
import { findApp, readStatus, type AppFlags, type StatusPage } from '../status-page.ts'

/** Health and counters of one process of a running application. */
export async function stats(flags: AppFlags, output: Output): Promise<number> {
  const page = await readStatus(findApp(flags))
  output.result(page, () => show(page))
  return page.status === 'unhealthy' ? ExitCode.no : ExitCode.ok
}

function show({ status, redis, fallback, latency, problems, stats: counted }: StatusPage): string {
  const rows: [string, string][] = [
    ['status', status],
    ['redis', redis ? `connected, ${latency ?? '?'} ms` : fallback ? 'away: memory carries on' : 'not used'],
    ...problems.map((problem): [string, string] => ['problem', problem]),
  ]
  if (counted !== undefined) {
    rows.push(
      ['hit rate', `${counted.hitRate} (${counted.hits} hits, ${counted.misses} misses)`],
      ['hits', `${counted.memoryHits} memory, ${counted.redisHits} redis, ${counted.staleHits} stale`],
      ['loads', `${counted.loads} (${counted.loadErrors} failed, ${counted.coalesced} shared)`],
      ['memory', `${counted.memoryCacheSize} entries, ${counted.fallbackCacheSize} for want of Redis`],
      ['invalidations', `${counted.invalidations} (${counted.queuedInvalidations} wait for Redis)`],
      ['evictions', String(counted.evictions)],
      ['redis errors', String(counted.redisErrors)],
    )
  }
  return table(rows)
}
