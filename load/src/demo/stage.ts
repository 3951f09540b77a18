import { workingCopy, isSeeded } from '../app/database/files.ts'
import { foreignRedis, ownRedis, type RunRedis } from '../processes/redis.ts'
import { Generator } from '../processes/generator.ts'
import type { Screen } from '../report/screen.ts'
import { paint } from '@holdfast/bench/report/paint'

/** What the demo plays on. */
export interface Stage {
  readonly databasePath: string
  readonly generator: Generator
  /** `undefined`: none can be had, and memory has to do. */
  readonly redis: RunRedis | undefined
}

export const demoSeeding = { seed: 1, rows: 100_000 }

/** Opens the database, Redis and the load generator, and says what they are. */
export async function openStage(stack: AsyncDisposableStack, screen: Screen): Promise<Stage> {
  const startedAt = performance.now()
  const wasSeeded = isSeeded(demoSeeding)
  screen.begin(wasSeeded ? 'Opening the database …' : 'Filling a database …')
  const copy = stack.use(await workingCopy(demoSeeding))
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  const rows = demoSeeding.rows.toLocaleString('en-US')
  say(
    screen,
    'Database',
    `SQLite, ${rows} leads with their history, ${wasSeeded ? 'kept from before' : `made in ${seconds} s`}`,
  )
  const redis = await openRedis(stack, screen)
  const generator = stack.use(await Generator.start())
  return { databasePath: copy.path, generator, redis }
}

async function openRedis(stack: AsyncDisposableStack, screen: Screen): Promise<RunRedis | undefined> {
  const url = process.env['REDIS_URL']
  if (url !== undefined && url !== '') {
    try {
      const redis = stack.use(await foreignRedis(url))
      say(screen, 'Redis', `${redis.version} at ${redis.address}, as REDIS_URL says`)
      return redis
    } catch {
      say(screen, 'Redis', 'the one that REDIS_URL names does not answer; starting one of our own')
    }
  }
  screen.begin('Starting Redis …')
  try {
    const redis = stack.use(await ownRedis())
    say(screen, 'Redis', `redis-server ${redis.version} at ${redis.address}, a process of our own`)
    return redis
  } catch (error) {
    say(screen, 'Redis', 'none can be had here, so this demo runs in memory alone, and nothing is killed')
    screen.line(paint('dim', indent(error instanceof Error ? error.message : String(error))))
    return undefined
  }
}

/** A line with a name in front. */
export function say(screen: Screen, name: string, text: string): void {
  screen.line(`  ${paint('dim', name.padEnd(9))} ${text}`)
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `            ${line}`)
    .join('\n')
}
