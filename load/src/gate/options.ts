import { parseShared, sharedFlags, type SharedOptions } from '@holdfast/bench/gate/shared-options'
import { timing } from '@holdfast/bench/gate/thresholds'
import { parseArgs } from 'node:util'
import { caseOf, gateCases, gateDefaults, type GateCase } from './cases.ts'

const counted = ['commandsInAll', 'loads', 'queries'] as const

export const loadGateHelp = `pnpm load gate --against <ref|folder>   does the API cost more with this checkout's packages? processor time per request, and counts

${gateCases.map(({ id, title }) => `  ${id.padEnd(20)} ${title}`).join('\n')}

  --head <folder>              what is judged (default: this checkout, with its changes)
  --filter <id>                repeatable; some of the cases
  --looks ${gateDefaults.looks.join(',')}            after how many processes of each side a decision may be made
  --budget 10m                 undecided cases stay undecided after that
  --on-inconclusive warn|fail  (default warn: exit 0)
  --inject <id>:1.2            makes the head do so much more work: to see the gate fail
  --accept <id>:<count>        repeatable; a counted increase that is meant (${counted.join(', ')})
  --pin auto|none|<cpu>  --json f --md f --html f --junit f
  exit: 0 pass, 1 regression, 2 wrong usage, 3 untrusted, 4 infrastructure`

export interface LoadGateOptions extends SharedOptions {
  readonly cases: readonly GateCase[]
  readonly tolerance: number
  readonly detect: number
}

/** @throws {UsageError} for an option that cannot be used, and for names of nothing */
export function parseLoadGateOptions(args: readonly string[]): LoadGateOptions {
  const { values } = parseArgs({ args: [...args], options: sharedFlags })
  const shared = parseShared(values, {
    looks: gateDefaults.looks,
    fields: counted,
    example: 'api.redis',
    idOf: (name) => caseOf(name).id,
  })
  return {
    ...shared,
    cases: values.filter.length === 0 ? gateCases : values.filter.map(caseOf),
    tolerance: timing.centre.tolerance,
    detect: timing.centre.detect,
  }
}
