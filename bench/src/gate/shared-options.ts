import { UsageError } from '../exit.ts'

/** What every gate can be told, whatever it compares; for `parseArgs`. */
export const sharedFlags = {
  against: { type: 'string' },
  head: { type: 'string' },
  filter: { type: 'string', multiple: true, default: [] as string[] },
  looks: { type: 'string' },
  budget: { type: 'string', default: '10m' },
  'on-inconclusive': { type: 'string', default: 'warn' },
  inject: { type: 'string', multiple: true, default: [] as string[] },
  accept: { type: 'string', multiple: true, default: [] as string[] },
  pin: { type: 'string', default: 'auto' },
  json: { type: 'string' },
  md: { type: 'string' },
  html: { type: 'string' },
  junit: { type: 'string' },
} as const

/** The values of {@link sharedFlags}, as `parseArgs` gives them. */
export interface SharedValues {
  readonly against?: string | undefined
  readonly head?: string | undefined
  readonly looks?: string | undefined
  readonly budget: string
  readonly 'on-inconclusive': string
  readonly inject: readonly string[]
  readonly accept: readonly string[]
  readonly pin: string
  readonly json?: string | undefined
  readonly md?: string | undefined
  readonly html?: string | undefined
  readonly junit?: string | undefined
}

export interface SharedOptions {
  readonly against: string
  readonly head: string | undefined
  readonly looks: readonly number[]
  readonly budgetMs: number
  readonly onInconclusive: 'warn' | 'fail'
  /** How much more work the head does, by the case's id. */
  readonly injections: ReadonlyMap<string, number>
  readonly accepted: ReadonlySet<string>
  readonly pin: string
  readonly reports: { readonly json?: string; readonly md?: string; readonly html?: string; readonly junit?: string }
}

/** What is compared. */
export interface Gated {
  readonly looks: readonly number[]
  /** What may be counted. */
  readonly fields: readonly string[]
  /** An id of a case, for the messages. */
  readonly example: string
  /** @throws {UsageError} for a name that is none */
  readonly idOf: (name: string) => string
}

/** @throws {UsageError} for an option that cannot be used, and for names of nothing */
export function parseShared(values: SharedValues, gated: Gated): SharedOptions {
  const { against, head, pin, json, md, html, junit } = values
  if (against === undefined) throw new UsageError('Expected `--against <ref>`: a commit, a branch, a tag or a folder.')
  const onInconclusive = values['on-inconclusive']
  if (onInconclusive !== 'warn' && onInconclusive !== 'fail')
    throw new UsageError(`Expected \`--on-inconclusive\` to be warn or fail, got ${onInconclusive}.`)
  return {
    against,
    head,
    looks: values.looks === undefined ? gated.looks : parseLooks(values.looks, gated),
    budgetMs: parseBudget(values.budget),
    onInconclusive,
    injections: new Map(values.inject.map((text) => parseInjection(text, gated))),
    accepted: new Set(values.accept.map((text) => parseAccepted(text, gated))),
    pin,
    reports: {
      ...(json ? { json } : {}),
      ...(md ? { md } : {}),
      ...(html ? { html } : {}),
      ...(junit ? { junit } : {}),
    },
  }
}

function parseLooks(text: string, gated: Gated): readonly number[] {
  const looks = text.split(',').map(Number)
  const isAscending = looks.every((look, i) => Number.isInteger(look) && look > (looks[i - 1] ?? 0))
  if (!isAscending) throw new UsageError(`Expected \`--looks\` like ${gated.looks.join(',')}, got ${text}.`)
  return looks
}

function parseBudget(text: string): number {
  const match = /^(\d+)(s|m)$/.exec(text)
  if (!match) throw new UsageError(`Expected \`--budget\` like 90s or 10m, got ${text}.`)
  return Number(match[1]) * (match[2] === 'm' ? 60_000 : 1_000)
}

function parseInjection(text: string, { example, idOf }: Gated): readonly [string, number] {
  const match = /^(.+):(\d+(?:\.\d+)?)$/.exec(text)
  const factor = Number(match?.[2])
  if (!match?.[1] || !(factor > 0)) throw new UsageError(`Expected \`--inject\` like ${example}:1.2, got ${text}.`)
  return [idOf(match[1]), factor]
}

function parseAccepted(text: string, { example, fields, idOf }: Gated): string {
  const [id = '', field = ''] = text.split(':')
  if (fields.includes(field)) return `${idOf(id)}:${field}`
  throw new UsageError(
    `Expected \`--accept\` like ${example}:${fields[0]}, with one of ${fields.join(', ')}; got ${text}.`,
  )
}
