import type { Counts } from '../engine/counts.ts'
import type { Point } from '../engine/duel.ts'
import { ExitCode } from '../exit.ts'
import { type Decision, decideSequentially, detectable, type Plan } from '../stats/verdict.ts'
import { type CountRule, countRules, mostIncidents, timing } from './thresholds.ts'

/** Why a bench could not be compared. */
export interface Unable {
  readonly side: 'base' | 'head'
  readonly kind: 'missing' | 'threw'
  readonly reason: string
}

/**
 * What cannot be compared after that went wrong. A method that is missing is missing. What throws may be the machine's doing: a side
 * cannot do it when it has thrown in some processes. What the head cannot do weighs more than what the base cannot.
 */
export function unableAfter(incidents: readonly Unable[]): Unable | undefined {
  const last = (side: Unable['side']): Unable | undefined => {
    const own = incidents.filter((one) => one.side === side)
    return own.length >= mostIncidents ? own.at(-1) : own.find(({ kind }) => kind === 'missing')
  }
  return last('head') ?? last('base')
}

/** Everything that was measured of one bench; a sentinel is one too. */
export interface Measured {
  readonly id: string
  readonly points: readonly Point[]
  /** What went wrong, in the order of the processes. */
  readonly incidents?: readonly Unable[]
  readonly unable?: Unable
}

export type Outcome = 'fail' | 'pass' | 'improved' | 'inconclusive' | 'new' | 'broken'

export interface Judged {
  readonly id: string
  readonly outcome: Outcome
  readonly centre: Decision
  readonly tails: Decision
  /** The smallest slowdown that this spread could not have hidden, where the outcome is open. */
  readonly detectable?: number
  readonly reason?: string
}

/** The two rules of a bench: the same looks and alphas, other tolerances. */
export function plansOf(
  family: Omit<Plan, 'tolerance' | 'detect'>,
  tolerance: number,
  detect: number,
): { readonly centre: Plan; readonly tails: Plan } {
  return {
    centre: { ...family, tolerance, detect },
    tails: { ...family, tolerance: Math.max(tolerance, timing.tails.tolerance), detect: Number.POSITIVE_INFINITY },
  }
}

/** Decides on one bench with the points that are there. */
export function judge(
  { id, points, incidents = [], unable }: Measured,
  plans: { readonly centre: Plan; readonly tails: Plan },
): Judged {
  const x = points.map((point) => point.x)
  const centre = decideSequentially(x, plans.centre)
  // The tails are looked at where the centre was decided, not earlier and not later.
  const tails = decideTails(
    points.slice(0, centre.n).map((point) => point.y),
    plans.tails,
  )
  const decided = { id, centre, tails, ...reasonOf(unable === undefined ? incidents : [unable]) }
  if (unable?.side === 'head') return { ...decided, outcome: 'broken' }
  // What the base has never done is new, or mended.
  if (unable !== undefined && points.length === 0) return { ...decided, outcome: 'new' }
  if (centre.outcome === 'fail' || tails.outcome === 'fail') return { ...decided, outcome: 'fail' }
  if (centre.outcome === 'undecided')
    return {
      ...decided,
      outcome: 'inconclusive',
      detectable: x.length > 0 ? detectable(x, plans.centre) : Number.POSITIVE_INFINITY,
    }
  return { ...decided, outcome: centre.upper < 1 / (1 + plans.centre.tolerance) ? 'improved' : 'pass' }
}

function reasonOf(incidents: readonly Unable[]): { readonly reason?: string } {
  const reasons = new Set(incidents.map(({ side, reason }) => `${side}: ${reason}`))
  return reasons.size === 0 ? {} : { reason: [...reasons].join('; ') }
}

function decideTails(y: readonly number[], plan: Plan): Decision {
  const decision = decideSequentially(y, {
    ...plan,
    looks: [y.length],
    alphas: [plan.alphas[plan.looks.indexOf(y.length)] ?? 0],
  })
  return decision.outcome === 'undecided' ? { ...decision, outcome: 'pass' } : decision
}

/** A bench needs no more processes: it is decided. */
export function isSettled(judged: Judged): boolean {
  return judged.outcome !== 'inconclusive'
}

export interface CountChange {
  readonly id: string
  readonly rule: CountRule
  readonly base: number
  readonly head: number
  readonly outcome: 'fail' | 'pass' | 'improved' | 'accepted'
}

/** Compares what was counted, rule by rule; what only one side has is not compared. */
export function compareCounts(
  id: string,
  base: Counts,
  head: Counts,
  accepted: ReadonlySet<string>,
  rules: readonly CountRule[] = countRules,
): readonly CountChange[] {
  return rules.flatMap((rule): readonly CountChange[] => {
    const before = base[rule.field]
    const after = head[rule.field]
    if (before === undefined || after === undefined) return []
    const slack = before * rule.share + rule.absolute + rule.perCount / base.operations
    const isWorse = after > before + slack
    const outcome = isWorse
      ? accepted.has(`${id}:${rule.field}`)
        ? 'accepted'
        : 'fail'
      : after < before - slack
        ? 'improved'
        : 'pass'
    return [{ id, rule, base: before, head: after, outcome }]
  })
}

/** Two counts of one build as one: each field by the least or the most of both. */
export function mergeCounts(one: Counts | undefined, other: Counts, pick: (a: number, b: number) => number): Counts {
  if (!one) return other
  const merged: Record<string, number> = {}
  for (const { field } of countRules) {
    const [a, b] = [one[field], other[field]]
    if (a !== undefined && b !== undefined) merged[field] = pick(a, b)
  }
  return { operations: one.operations, ...merged, ...(one.commands ? { commands: one.commands } : {}) }
}

/** Whether the instrument was right about what it was shown: no difference, and a fifth more work. */
export interface SentinelResult {
  readonly id: string
  readonly expected: 'pass' | 'fail'
  readonly judged: Judged
  readonly isRight: boolean
}

/** An equal pair must pass; improvements out of nothing are no pass either. */
export function checkSentinel(judged: Judged, expected: 'pass' | 'fail'): SentinelResult {
  return { id: judged.id, expected, judged, isRight: judged.outcome === expected }
}

export type Verdict = 'pass' | 'fail' | 'untrusted' | 'inconclusive'

export interface Findings {
  readonly benches: readonly Judged[]
  readonly counts: readonly CountChange[]
  readonly sentinels: readonly SentinelResult[]
  /** How many of the processes were disturbed by the machine. */
  readonly disturbedShare: number
}

/**
 * The verdict over all. What was counted does not depend on the machine and fails whatever the sentinels say; a wrong sentinel
 * makes every timing worth nothing, good news and bad.
 */
export function verdictOf({ benches, counts, sentinels, disturbedShare }: Findings): Verdict {
  if (counts.some(({ outcome }) => outcome === 'fail') || benches.some(({ outcome }) => outcome === 'broken'))
    return 'fail'
  if (sentinels.some(({ isRight }) => !isRight) || disturbedShare > 0.5) return 'untrusted'
  if (benches.some(({ outcome }) => outcome === 'fail')) return 'fail'
  return benches.some(({ outcome }) => outcome === 'inconclusive') ? 'inconclusive' : 'pass'
}

export function exitCodeOf(verdict: Verdict, onInconclusive: 'warn' | 'fail'): ExitCode {
  if (verdict === 'untrusted') return ExitCode.untrusted
  if (verdict === 'fail') return ExitCode.fail
  return verdict === 'inconclusive' && onInconclusive === 'fail' ? ExitCode.fail : ExitCode.pass
}
