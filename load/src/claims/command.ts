import { ExitCode } from '@holdfast/bench/exit'
import { paint } from '@holdfast/bench/report/paint'
import { renderTable } from '@holdfast/bench/report/table'
import { withEnding } from '../processes/ending.ts'
import { claimColumns, claimRow } from '../report/claims-table.ts'
import { openScreen } from '../report/screen.ts'
import { writeReports } from '../report/write-reports.ts'
import { parseRunOptions } from '../run/options.ts'
import { playScenarios } from '../run/play-scenarios.ts'
import type { Claim } from './claims.ts'
import { judgeClaims } from './judge-claims.ts'
import { planClaims, selectClaims } from './options.ts'

/** `pnpm load claims [claim…]` */
export async function claimsCommand(args: readonly string[]): Promise<ExitCode> {
  let claims: readonly Claim[] = []
  const options = parseRunOptions(args, (names, expected) => {
    claims = selectClaims(names, expected)
    return planClaims(claims)
  })
  if (options.isList) return list(claims)
  return withEnding(async (ending) => {
    const report = judgeClaims(claims, await playScenarios(options, openScreen(), ending))
    await writeReports(report, options.reports)
    console.log(`\n${renderTable(claimColumns, (report.claims ?? []).map(claimRow))}`)
    console.log(`\n${report.verdict}`)
    return report.exitCode
  })
}

function list(claims: readonly Claim[]): ExitCode {
  for (const { name, says, proof } of claims) {
    console.log(`${paint('bold', name)}  ${says}`)
    for (const [scenario, conditions] of Object.entries(proof)) {
      for (const [metric, expressions] of Object.entries(conditions))
        console.log(`  ${scenario.padEnd(20)} ${metric.padEnd(44)} ${expressions.join(', ')}`)
    }
  }
  return ExitCode.pass
}
