import { paint } from '@holdfast/bench/report/paint'
import type { RedisServer } from '@holdfast/testing/redis'
import { startApi, type ApiProcess } from '../processes/api.ts'
import type { Screen } from '../report/screen.ts'
import type { Stage } from './stage.ts'

const port = 3_002

/** Leaves the API running until the process is told to end. */
export async function keepRunning(stage: Stage, server: RedisServer | undefined, screen: Screen): Promise<void> {
  await using api = await startOn(stage, server)
  const base = `http://localhost:${api.port}`
  screen.line(`\n${paint('bold', `The API is on ${base}`)}${api.port === port ? '' : ` (port ${port} is taken)`}\n`)
  screen.line(`  curl -i ${base}/api/leads/42                 # look at x-cache, ask twice`)
  screen.line(`  curl "${base}/api/leads?region=texas&status=NEW"`)
  screen.line(`  curl ${base}/api/analytics/funnel/texas`)
  screen.line(`  curl -X PATCH -d '{"status":"WON"}' ${base}/api/leads/42`)
  screen.line(`  curl ${base}/api/cache-status`)
  if (server !== undefined) screen.line(`  kill -9 ${await pidOf(server)}                                      # Redis`)
  screen.line(`\n${paint('dim', '  Ctrl-C ends it.')}`)
  await new Promise<never>(() => {})
}

async function startOn({ databasePath }: Stage, server: RedisServer | undefined): Promise<ApiProcess> {
  const options = { mode: server === undefined ? 'memory' : 'tiered', databasePath, redisUrl: server?.url } as const
  try {
    return await startApi({ ...options, port })
  } catch {
    return startApi(options)
  }
}

/** It was restarted meanwhile. */
async function pidOf(server: RedisServer): Promise<string> {
  return /process_id:(\d+)/.exec(String(await server.command('INFO', 'server')))?.[1] ?? ''
}
