import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ApiMode } from './cache.ts'
import type { StatementCounts } from './database/counted.ts'
import type { Services } from './routes/services.ts'
import type { Tally } from './tally.ts'

/** What an API process says of itself. All counts since it started. */
export interface Reading {
  readonly pid: number
  readonly mode: ApiMode
  readonly uptimeMs: number
  /** Of all threads. */
  readonly cpuMs: number
  readonly rssBytes: number
  readonly heapBytes: number
  /** Handles and requests that keep the process busy, without connections: those are its callers'. */
  readonly resources: number
  /** How late the event loop was. */
  readonly loopDelay: { readonly p99Ms: number; readonly maxMs: number }
  readonly tally: Tally
  /** Loaders that were called. */
  readonly loads: number
  /** Statements, counted where they are run. */
  readonly database: StatementCounts & { readonly calls: number; readonly queued: number }
  readonly cache: ReturnType<Services['cache']['stats']>
}

/** Reads the meters of this process. */
export interface Meters {
  read(): Promise<Reading>
}

export function createMeters(mode: ApiMode, { cache, database, loads, tally }: Services): Meters {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  return {
    read: async () => {
      const counts = await database.counts()
      // Where it may: what is left is what is held.
      globalThis.gc?.()
      const { user, system } = process.cpuUsage()
      const { rss, heapUsed } = process.memoryUsage()
      return {
        pid: process.pid,
        mode,
        uptimeMs: process.uptime() * 1_000,
        cpuMs: (user + system) / 1_000,
        rssBytes: rss,
        heapBytes: heapUsed,
        resources: process.getActiveResourcesInfo().filter((name) => name !== 'TCPSocketWrap').length,
        loopDelay: { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 },
        tally,
        loads: loads.count,
        database: { ...counts, calls: database.calls, queued: database.queued },
        cache: cache.stats(),
      }
    },
  }
}
