import { UsageError } from '@holdfast/bench/exit'
import { countRules, timing } from '@holdfast/bench/gate/thresholds'
import { parseDuration, type Duration } from '@holdfast/core'
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

export interface LoadGateOptions {
  readonly against: string
  readonly head: string | undefined
  readonly cases: readonly GateCase[]
  readonly looks: readonly number[]
  readonly budgetMs: number
  readonly onInconclusive: 'warn' | 'fail'
  readonly injections: ReadonlyMap<string, number>
  readonly accepted: ReadonlySet<string>
  readonly tolerance: number
  readonly detect: number
  readonly pin: string
  readonly reports: { readonly json?: string; readonly md?: string; readonly html?: string; readonly junit?: string }
}

/** @throws {UsageError} for an option that cannot be used, and for names of nothing */
export function parseLoadGateOptions(args: readonly string[]): LoadGateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string' },
      head: { type: 'string' },
      filter: { type: 'string', multiple: true, default: [] },
      looks: { type: 'string' },
      budget: { type: 'string', default: '10m' },
      'on-inconclusive': { type: 'string', default: 'warn' },
      inject: { type: 'string', multiple: true, default: [] },
      accept: { type: 'string', multiple: true, default: [] },
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
  const { json, md, html, junit } = values
  return {
    against: values.against,
    head: values.head,
    cases: values.filter.length === 0 ? gateCases : values.filter.map(caseOf),
    looks: parseLooks(values.looks),
    budgetMs: parseDuration('--budget', values.budget as Duration),
    onInconclusive,
    injections: new Map(values.inject.map(parseInjection)),
    accepted: new Set(values.accept.map(parseAccepted)),
    tolerance: timing.centre.tolerance,
    detect: timing.centre.detect,
    pin: values.pin,
    reports: {
      ...(json === undefined ? {} : { json }),
      ...(md === undefined ? {} : { md }),
      ...(html === undefined ? {} : { html }),
      ...(junit === undefined ? {} : { junit }),
    },
  }
}

function parseLooks(text: string | undefined): readonly number[] {
  if (text === undefined) return gateDefaults.looks
  const looks = text.split(',').map(Number)
  if (looks.every((look, i) => Number.isInteger(look) && look > (looks[i - 1] ?? 0))) return looks
  throw new UsageError(`Expected \`--looks\` like ${gateDefaults.looks.join(',')}, got ${text}.`)
}

function parseInjection(text: string): readonly [string, number] {
  const match = /^(.+):(\d+(?:\.\d+)?)$/.exec(text)
  const factor = Number(match?.[2])
  if (match?.[1] === undefined || !(factor > 0))
    throw new UsageError(`Expected \`--inject\` like api.tiered:1.2, got ${text}.`)
  return [caseOf(match[1]).id, factor]
}

function parseAccepted(text: string): string {
  const [id = '', field = ''] = text.split(':')
  if (counted.some((name) => name === field) && countRules.some((rule) => rule.field === field))
    return `${caseOf(id).id}:${field}`
  throw new UsageError(`Expected \`--accept\` like api.redis:queries, with one of ${counted.join(', ')}; got ${text}.`)
}
