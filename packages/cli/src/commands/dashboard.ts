import { once } from 'node:events'
import { serveDashboard } from 'holdfast'
import { findRedis, showPrefix, withRedis, type RedisFlags } from '../connection.ts'
import { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { readVariables } from '../variables.ts'

export interface DashboardFlags extends RedisFlags {
  readonly port?: number
  readonly host?: string
  readonly token?: string
  readonly allowInvalidate?: boolean
  readonly showValues?: boolean
}

/**
 * A page on this machine about a Redis and what is cached there: its health, memory and alerts, and any key. It sees Redis as one more
 * process would; what an application's own processes count is told by the dashboard that they serve. Goes on until Ctrl-C.
 */
export async function dashboard(flags: DashboardFlags, output: Output, signal: AbortSignal): Promise<number> {
  const { port, host, allowInvalidate = false, showValues = false } = flags
  const token = flags.token ?? (readVariables(flags.envFile)['CACHE_ADMIN_TOKEN'] || undefined)
  const place = findRedis(flags)
  return withRedis(place, async ({ cache }) => {
    await using page = await serveDashboard(cache, {
      ...(port === undefined ? {} : { port }),
      ...(host === undefined ? {} : { host }),
      ...(token === undefined ? {} : { token }),
      allowInvalidate,
      showValues,
    })
    const without = token === undefined ? ' It shows numbers only: set CACHE_ADMIN_TOKEN to inspect keys.' : ''
    output.line(
      { url: page.url, prefix: place.prefix },
      () => `The dashboard of ${showPrefix(place)} is at ${page.url} until Ctrl-C.${without}`,
    )
    if (!signal.aborted) await once(signal, 'abort')
    return ExitCode.ok
  })
}
