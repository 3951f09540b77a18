import { ExitCode } from '@holdfast/bench/exit'
import { paint } from '@holdfast/bench/report/paint'
import { withEnding } from '../processes/ending.ts'
import { writeReports } from '../report/write-reports.ts'
import { openScreen } from '../report/screen.ts'
import { selectScenarios } from '../scenarios/catalog.ts'
import { thresholds, type Conditions } from '../thresholds.ts'
import { planOf } from '../verdict/plan.ts'
import { parseRunOptions, type RunOptions } from './options.ts'
import { playScenarios } from './play-scenarios.ts'
import { judgeRun } from './verdict.ts'

/** `pnpm load [scenario…]` */
export async function runCommand(args: readonly string[]): Promise<ExitCode> {
  const options = parseRunOptions(args, choose)
  if (options.isList) return list(options)
  return withEnding(async (ending) => {
    const report = judgeRun(await playScenarios(options, openScreen(), ending))
    await writeReports(report, options.reports)
    console.log(`\n${report.verdict}`)
    return report.exitCode
  })
}

function choose(names: readonly string[], expected: Conditions): RunOptions['chosen'] {
  return selectScenarios(names).map((scenario) => ({
    scenario,
    plan: planOf(scenario, { ...thresholds[scenario.name], ...expected }),
  }))
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
