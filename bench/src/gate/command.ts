import type { ExitCode } from '../exit.ts'
import { parseGateOptions } from './options.ts'
import { renderGate } from './print.ts'
import { runGate } from './run.ts'
import { writeGateReports } from './write-reports.ts'

export async function gateCommand(args: readonly string[]): Promise<ExitCode> {
  const options = parseGateOptions(args)
  const result = await runGate(options, (line) => console.error(line))
  console.log(renderGate(result))
  writeGateReports(result, options.reports)
  return result.exitCode as ExitCode
}
