import { parseArgs } from 'node:util'

import { UsageError } from '../exit.ts'
import { criticalRank } from '../stats/signed-rank.ts'
import { splitAlpha } from '../stats/verdict.ts'
import type { Case } from '../suites/case.ts'
import { caseById, catalog, selectCases } from '../suites/catalog.ts'
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

export interface GateOptions {
  readonly against: string
  readonly head: string | undefined
  readonly cases: readonly Case[]
  /** The arguments that chose them. */
  readonly selection: readonly string[]
  readonly tolerance: number
  readonly detect: number
  readonly alpha: number
  readonly looks: readonly number[]
  readonly budgetMs: number
  readonly onInconclusive: 'warn' | 'fail'
  /** How much more work the head does, by the bench's id. */
  readonly injections: ReadonlyMap<string, number>
  readonly accepted: ReadonlySet<string>
  readonly removed: ReadonlySet<string>
  readonly pin: string
  readonly reports: { readonly json?: string; readonly md?: string; readonly html?: string; readonly junit?: string }
}

/** @throws {UsageError} for an option that cannot be used, and for names of nothing */
export function parseGateOptions(args: readonly string[]): GateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string' },
      head: { type: 'string' },
      filter: { type: 'string', multiple: true, default: [] },
      all: { type: 'boolean', default: false },
      tolerance: { type: 'string' },
      detect: { type: 'string' },
      alpha: { type: 'string' },
      looks: { type: 'string' },
      budget: { type: 'string', default: '10m' },
      'on-inconclusive': { type: 'string', default: 'warn' },
      inject: { type: 'string', multiple: true, default: [] },
      accept: { type: 'string', multiple: true, default: [] },
      removed: { type: 'string', multiple: true, default: [] },
      pin: { type: 'string', default: 'auto' },
      json: { type: 'string' },
      md: { type: 'string' },
      html: { type: 'string' },
      junit: { type: 'string' },
    },
  })
  if (values.against === undefined)
    throw new UsageError('Expected `--against <ref>`: a commit, a branch, a tag or a folder.')
  const onInconclusive = values['on-inconclusive']
  if (onInconclusive !== 'warn' && onInconclusive !== 'fail')
    throw new UsageError(`Expected \`--on-inconclusive\` to be warn or fail, got ${onInconclusive}.`)
  const gated = catalog.filter(({ gated }) => gated !== undefined)
  const chosen = values.filter.length > 0 || values.all ? values.filter : everyday
  const { json, md, html, junit } = values
  const cases = selectCases(chosen, gated)
  const alpha = parsePercent('alpha', values.alpha) ?? defaults.alpha
  const looks = parseLooks(values.looks)
  checkLooks(looks, alpha, cases.length * 2)
  return {
    against: values.against,
    head: values.head,
    cases,
    selection: values.all ? ['--all'] : values.filter.flatMap((filter) => ['--filter', filter]),
    tolerance: parsePercent('tolerance', values.tolerance) ?? timing.centre.tolerance,
    detect: parsePercent('detect', values.detect) ?? timing.centre.detect,
    alpha,
    looks,
    budgetMs: parseBudget(values.budget),
    onInconclusive,
    injections: new Map(values.inject.map(parseInjection)),
    accepted: new Set(values.accept.map(parseAccepted)),
    removed: new Set(values.removed),
    pin: values.pin,
    reports: {
      ...(json ? { json } : {}),
      ...(md ? { md } : {}),
      ...(html ? { html } : {}),
      ...(junit ? { junit } : {}),
    },
  }
}

function parseInjection(text: string): readonly [string, number] {
  const match = /^(.+):(\d+(?:\.\d+)?)$/.exec(text)
  const factor = Number(match?.[2])
  if (!match?.[1] || !(factor > 0)) throw new UsageError(`Expected \`--inject\` like memory.get:1.2, got ${text}.`)
  return [caseById(match[1]).id, factor]
}

function parseAccepted(text: string): string {
  const [id = '', field = ''] = text.split(':')
  if (countRules.every((rule) => rule.field !== field)) {
    throw new UsageError(
      `Expected \`--accept\` like redis.get:bytesOnWire, with one of ${countRules.map((rule) => rule.field).join(', ')}; got ${text}.`,
    )
  }
  return `${caseById(id).id}:${field}`
}

function parsePercent(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (!match || Number(match[1]) <= 0) throw new UsageError(`Expected \`--${name}\` like 5%, got ${text}.`)
  return Number(match[1]) / 100
}

function parseLooks(text: string | undefined): readonly number[] {
  if (text === undefined) return defaults.looks
  const looks = text.split(',').map(Number)
  const isAscending = looks.every((look, i) => Number.isInteger(look) && look > (looks[i - 1] ?? 0))
  if (!isAscending) throw new UsageError(`Expected \`--looks\` like 15,24,36, got ${text}.`)
  return looks
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

function parseBudget(text: string): number {
  const match = /^(\d+)(s|m)$/.exec(text)
  if (!match) throw new UsageError(`Expected \`--budget\` like 90s or 10m, got ${text}.`)
  return Number(match[1]) * (match[2] === 'm' ? 60_000 : 1_000)
}
