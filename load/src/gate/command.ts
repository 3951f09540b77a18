import type { ExitCode } from '@holdfast/bench/exit'
import { writeGateReports } from '@holdfast/bench/gate/write-reports'
import { renderGate } from '@holdfast/bench/gate/print'
import { withEnding } from '../processes/ending.ts'
import { parseLoadGateOptions } from './options.ts'
import { runLoadGate } from './run.ts'

/** `pnpm load gate --against <ref>` */
export async function loadGateCommand(args: readonly string[]): Promise<ExitCode> {
  const options = parseLoadGateOptions(args)
  return withEnding(async (ending) => {
    const result = await runLoadGate(options, (line) => console.error(line), ending)
    writeGateReports(result, options.reports)
    console.log(renderGate(result))
    return result.exitCode as ExitCode
  })
}
