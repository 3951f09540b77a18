/** `pnpm demo`: what a cache is worth on a real database, and what happens to users when Redis dies. */
import { ExitCode } from '@holdfast/bench/exit'
import { paint } from '@holdfast/bench/report/paint'
import { parseArgs } from 'node:util'
import { compare, type Comparison } from './demo/compare.ts'
import { keepRunning } from './demo/keep.ts'
import { outage } from './demo/outage.ts'
import { openStage } from './demo/stage.ts'
import type { Summary } from './measure/summary.ts'
import { withEnding } from './processes/ending.ts'
import { ownRedis } from './processes/redis.ts'
import { openScreen } from './report/screen.ts'

const help = `pnpm demo [--keep]

  Starts a sample API on a real database, drives the same traffic with the cache off and on, then kills Redis under load.

  --keep   leave the API and Redis running afterwards, the API on port 3002`

const options = { keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const

async function main(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({ args: args.filter((arg) => arg !== '--'), options })
  if (values.help === true) {
    console.log(help)
    return ExitCode.pass
  }
  return withEnding(async (stack) => {
    const screen = openScreen()
    screen.line(
      `\n${paint('bold', 'Holdfast')}  a sample API for solar sales, on a real database, with and without its cache\n`,
    )
    const stage = await openStage(stack, screen)
    const comparison = await compare(stage, screen)
    // A Redis that is not ours is not ours to kill.
    const server = stage.redis === undefined ? undefined : (stage.redis.own ?? stack.use(await ownRedis()).own)
    const struck = server === undefined ? undefined : await outage(stage, server, screen)
    screen.line(`\n${paint('bold', verdict(comparison, struck))}`)
    if (values.keep === true) await keepRunning(stage, server, screen)
    const failed = [...Object.values(comparison), ...(struck === undefined ? [] : [struck])].some(
      (each) => each.failed > 0,
    )
    return failed ? ExitCode.fail : ExitCode.pass
  })
}

function verdict({ off, warm }: Comparison, struck: Summary | undefined): string {
  const faster = (warm.requestsPerSecond / off.requestsPerSecond).toFixed(0)
  const fewer = Math.floor((1 - warm.queries / off.queries) * 100)
  const dead =
    struck === undefined ? '' : `, and ${struck.failed} of ${struck.requests} requests failed because Redis died`
  return `With a warm cache: ${faster} times the requests a second, ${fewer} % fewer queries${dead}.`
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return ExitCode.infrastructure
})
