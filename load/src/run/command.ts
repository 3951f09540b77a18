import { ExitCode } from '@holdfast/bench/exit'
import { paint } from '@holdfast/bench/report/paint'
import { withEnding } from '../processes/ending.ts'
import { paintOutcome, renderPlayed } from '../report/print.ts'
import { writeReports } from '../report/write-reports.ts'
import { openScreen, type Screen } from '../report/screen.ts'
import { play } from '../scenarios/play.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { parseRunOptions, type RunOptions } from './options.ts'
import type { PlayedControl, RunReport } from './result.ts'
import { judgeRun } from './verdict.ts'

/** `pnpm load [scenario…]` */
export async function runCommand(args: readonly string[]): Promise<ExitCode> {
  const options = parseRunOptions(args)
  if (options.isList) return list(options)
  return withEnding(async (ending) => {
    const report = await runScenarios(options, openScreen(), ending)
    await writeReports(report, options.reports)
    console.log(`\n${report.verdict}`)
    return report.exitCode
  })
}

async function runScenarios(options: RunOptions, screen: Screen, ending: AsyncDisposableStack): Promise<RunReport> {
  const startedAt = Date.now()
  const scenarios = []
  for (const { scenario, plan } of options.chosen) {
    screen.line(`\n${paint('bold', scenario.name)}  ${paint('dim', scenario.title)}\n`)
    const playing = { plan, settings: options.settings, screen, ending }
    const played = await play(scenario, { ...playing, mode: 'tiered' })
    screen.line(`\n${renderPlayed(played)}`)
    screen.line(`  ${paintOutcome(played.outcome)} in ${(played.durationMs / 1_000).toFixed(1)} s`)
    const control = options.withControls ? await playControl(scenario, playing) : undefined
    scenarios.push({ played, control })
  }
  const { settings } = options
  return judgeRun({ settings, scenarios, startedAt, durationMs: Date.now() - startedAt })
}

/** Plays what must fail. */
async function playControl(
  scenario: Scenario,
  playing: Omit<Parameters<typeof play>[1], 'mode'>,
): Promise<PlayedControl> {
  const { title, mode, mustFail } = scenario.control
  playing.screen.line(`\n  ${paint('bold', 'control')}  ${title}\n`)
  const played = await play(scenario, { ...playing, mode })
  const broken = new Set(played.lines.filter((line) => !line.isMet).map(({ metric }) => metric))
  const isBroken = mustFail.every((metric) => broken.has(metric))
  const said = isBroken
    ? paint('green', 'fails, as it must')
    : paint('red', 'does not fail, so the scenario shows nothing')
  playing.screen.line(`\n${renderPlayed(played)}\n  ${said}`)
  return { title, played, mustFail, isBroken }
}

function list({ chosen }: RunOptions): ExitCode {
  for (const { scenario, plan } of chosen) {
    console.log(`${paint('bold', scenario.name)}  ${scenario.title}`)
    for (const [metric, kind] of Object.entries(scenario.metrics)) {
      const conditions = plan.filter((each) => each.metric === metric).map(({ expression }) => expression.text)
      console.log(`  ${metric.padEnd(46)} ${kind.padEnd(10)} ${conditions.join(', ')}`)
    }
    console.log(`  ${paint('dim', `control: ${scenario.control.title}`)}\n`)
  }
  return ExitCode.pass
}
