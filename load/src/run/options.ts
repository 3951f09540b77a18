import { UsageError } from '@holdfast/bench/exit'
import { parseDuration, type Duration } from '@holdfast/core'
import { parseArgs } from 'node:util'
import { everyday, scenarios } from '../scenarios/catalog.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Settings } from '../scenarios/stage.ts'
import type { Conditions } from '../thresholds.ts'
import type { Expression } from '../verdict/expression.ts'
import type { Plan } from '../verdict/plan.ts'

export const runHelp = `pnpm load [scenario…]        drives the sample API and judges what came of it (default: ${everyday.join(' ')})

${scenarios.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join('\n')}

  --seed 1                   of rows, requests and their instants
  --skew 1                   of the popularity of keys (default: the workload's own)
  --rows 100000              how many leads the database has
  --quick                    as short as can be
  --duration 20s             of the main part, where a scenario lets it be chosen
  --controls                 play each scenario's control too, which must fail
  --expect '<metric> <condition>'   repeatable; instead of the condition on that metric in load/src/thresholds.ts
  --json f --md f --html f --junit f
  --list                     what each scenario measures, and the conditions
  exit: 0 passed, 1 a condition is broken, 2 wrong usage, 3 untrusted, 4 infrastructure`

/** What a run was asked for. */
export interface RunOptions {
  readonly settings: Settings
  readonly chosen: readonly { readonly scenario: Scenario; readonly plan: Plan }[]
  readonly withControls: boolean
  readonly isList: boolean
  readonly reports: { readonly json?: string; readonly md?: string; readonly html?: string; readonly junit?: string }
}

/** Makes plans of the names that were given and of the conditions that are expected instead of the usual ones. */
type Choose = (names: readonly string[], expected: Conditions) => RunOptions['chosen']

/** @throws {UsageError} for an option that cannot be used, and for names of nothing, before anything runs */
export function parseRunOptions(args: readonly string[], choose: Choose): RunOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      skew: { type: 'string' },
      rows: { type: 'string', default: '100000' },
      quick: { type: 'boolean', default: false },
      duration: { type: 'string' },
      controls: { type: 'boolean', default: false },
      expect: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      json: { type: 'string' },
      md: { type: 'string' },
      html: { type: 'string' },
      junit: { type: 'string' },
    },
  })
  const { json, md, html, junit } = values
  return {
    settings: {
      seed: wholeNumber('seed', values.seed, 0),
      skew: values.skew === undefined ? undefined : parseSkew(values.skew),
      rows: wholeNumber('rows', values.rows, 1_000),
      isQuick: values.quick,
      durationMs: values.duration === undefined ? undefined : parseDuration('--duration', values.duration as Duration),
    },
    chosen: choose(positionals, Object.fromEntries(values.expect.map(parseExpectation))),
    withControls: values.controls,
    isList: values.list,
    reports: {
      ...(json === undefined ? {} : { json }),
      ...(md === undefined ? {} : { md }),
      ...(html === undefined ? {} : { html }),
      ...(junit === undefined ? {} : { junit }),
    },
  }
}

/** `'hit_ratio value>=0.9'`: the condition is the last word, as metrics may hold blanks. */
function parseExpectation(text: string): readonly [string, Conditions[string]] {
  const match = /^(.*\S)\s+(\S+)$/.exec(text.trim())
  if (match === null) throw new UsageError(`Expected \`--expect\` to be a metric and a condition, got ${text}.`)
  return [match[1]!, [match[2] as Expression]]
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least) return value
  throw new UsageError(`Expected \`--${name}\` to be a whole number of at least ${least}, got ${text}.`)
}

function parseSkew(text: string): number {
  const skew = Number(text)
  if (text.trim() !== '' && skew >= 0 && skew <= 5) return skew
  throw new UsageError(`Expected \`--skew\` to be a number from 0 to 5, got ${text}.`)
}
