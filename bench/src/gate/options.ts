import { parseArgs } from 'node:util'

import { UsageError } from '../exit.ts'
import { criticalRank } from '../stats/signed-rank.ts'
import { splitAlpha } from '../stats/verdict.ts'
import type { Case } from '../suites/case.ts'
import { caseById, catalog, selectCases } from '../suites/catalog.ts'
import { parseShared, sharedFlags, type SharedOptions } from './shared-options.ts'
import { countRules, defaults, everyday, timing } from './thresholds.ts'

export const gateHelp = `pnpm bench gate --against <ref|folder>     does this checkout regress? base and head side by side

  --head <folder>              what is judged (default: this checkout, with its changes)
  --filter <id|glob>           repeatable; instead of the everyday ones
  --all                        every bench, for the night
  --tolerance 5% --detect 20%  slower by more is a regression; a pass shows that less than this is lost
  --alpha 1% --looks 15,24,36  family-wise error, and after how many processes a decision may be made
  --budget 10m                 undecided benches stay undecided after that
  --on-inconclusive warn|fail  (default warn: exit 0)
  --inject <id>:1.2            makes the head do so much more work: to see the gate fail
  --accept <id>:<count>        repeatable; a counted increase that is meant (${countRules.map(({ field }) => field).join(', ')})
  --removed <id>               repeatable; a bench of the base that is meant to be gone
  --pin auto|none|<cpu>  --json f --md f --html f --junit f
  exit: 0 pass, 1 regression, 2 wrong usage, 3 untrusted, 4 infrastructure`

export interface GateOptions extends SharedOptions {
  readonly cases: readonly Case[]
  /** The arguments that chose them. */
  readonly selection: readonly string[]
  readonly tolerance: number
  readonly detect: number
  readonly alpha: number
  readonly removed: ReadonlySet<string>
}

/** @throws {UsageError} for an option that cannot be used, and for names of nothing */
export function parseGateOptions(args: readonly string[]): GateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...sharedFlags,
      all: { type: 'boolean', default: false },
      tolerance: { type: 'string' },
      detect: { type: 'string' },
      alpha: { type: 'string' },
      removed: { type: 'string', multiple: true, default: [] },
    },
  })
  const shared = parseShared(values, {
    looks: defaults.looks,
    fields: countRules.map(({ field }) => field),
    example: 'memory.get',
    idOf: (name) => caseById(name).id,
  })
  const gated = catalog.filter(({ gated }) => gated !== undefined)
  const chosen = values.filter.length > 0 || values.all ? values.filter : everyday
  const cases = selectCases(chosen, gated)
  const alpha = parsePercent('alpha', values.alpha) ?? defaults.alpha
  checkLooks(shared.looks, alpha, cases.length * 2)
  return {
    ...shared,
    cases,
    selection: values.all ? ['--all'] : values.filter.flatMap((filter) => ['--filter', filter]),
    tolerance: parsePercent('tolerance', values.tolerance) ?? timing.centre.tolerance,
    detect: parsePercent('detect', values.detect) ?? timing.centre.detect,
    alpha,
    removed: new Set(values.removed),
  }
}

function parsePercent(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (!match || Number(match[1]) <= 0) throw new UsageError(`Expected \`--${name}\` like 5%, got ${text}.`)
  return Number(match[1]) / 100
}

/** With too few processes no ranks are rare enough: everything would stay open. */
function checkLooks(looks: readonly number[], alpha: number, family: number): void {
  const last = looks.at(-1) ?? 0
  const share = Math.min((splitAlpha(alpha, looks.length).at(-1) ?? 0) / family, defaults.beta / looks.length)
  if (criticalRank(last, share) >= 0) return
  const needed = Math.ceil(-Math.log2(share))
  throw new UsageError(
    `With ${last} processes nothing can be decided about ${family / 2} benches: the last look must be at least ${needed}.`,
  )
}
