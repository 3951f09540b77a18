import { hodgesLehmann, lowerBound, upperBound, walshAverages } from './walsh.ts'

/**
 * The rule of the gate, fixed before the first measurement. Values are log ratios ln(head / base), one of each process.
 * Looks are planned, the family-wise alpha is split over them and over the pairs of bench and estimator (Bonferroni).
 */
export interface Plan {
  /** Numbers of processes after which a decision may be made, ascending. */
  readonly looks: readonly number[]
  /** How much of the family-wise error each look may spend; as long as `looks`. */
  readonly alphas: readonly number[]
  /** The number of gated pairs (bench × estimator) that share an alpha. */
  readonly family: number
  /** Slower by this much is a regression (0.05 = 5 %). */
  readonly tolerance: number
  /** A pass means: shown to be no slower than this (0.2 = 20 %). */
  readonly detect: number
  /** The error of a pass, over all looks. */
  readonly beta: number
}

export type Outcome = 'fail' | 'pass' | 'undecided'

/** What is known of one bench after n processes. Ratios, not logs: 1.07 is 7 % slower. */
export interface Estimate {
  readonly n: number
  readonly ratio: number
  readonly lower: number
  readonly upper: number
}

export interface Decision extends Estimate {
  readonly outcome: Outcome
}

/** The shares of alpha that go with the looks 15, 24 and 36: .2, .3 and .5 of it; for other numbers of looks, equal shares. */
export function splitAlpha(alpha: number, looks: number): readonly number[] {
  if (looks === 3) return [0.2 * alpha, 0.3 * alpha, 0.5 * alpha]
  return Array.from({ length: looks }, () => alpha / looks)
}

/** Estimate and one-sided bounds at a look. */
export function estimateAt(x: readonly number[], look: number, plan: Plan): Estimate {
  const walsh = walshAverages(x)
  const alpha = (plan.alphas[look] ?? 0) / plan.family
  return {
    n: x.length,
    ratio: Math.exp(hodgesLehmann(walsh)),
    lower: Math.exp(lowerBound(walsh, x.length, alpha)),
    upper: Math.exp(upperBound(walsh, x.length, plan.beta / plan.looks.length)),
  }
}

/** Fails what is shown to be slower than tolerated, passes what is shown not to be; the rest waits for the next look. */
export function decide(x: readonly number[], look: number, plan: Plan): Decision {
  const estimate = estimateAt(x, look, plan)
  if (estimate.lower > 1 + plan.tolerance) return { ...estimate, outcome: 'fail' }
  if (estimate.upper < 1 + plan.detect) return { ...estimate, outcome: 'pass' }
  return { ...estimate, outcome: 'undecided' }
}

/** Walks through the looks on values that are already there; stops at the first decision. */
export function decideSequentially(x: readonly number[], plan: Plan): Decision {
  let last: Decision | undefined
  for (const [look, n] of plan.looks.entries()) {
    if (x.length < n) break
    last = decide(x.slice(0, n), look, plan)
    if (last.outcome !== 'undecided') return last
  }
  return last ?? { n: 0, ratio: 1, lower: 0, upper: Number.POSITIVE_INFINITY, outcome: 'undecided' }
}

/** The smallest slowdown that `x`'s spread would have failed at the last look, as a ratio: what an inconclusive bench could not have missed. */
export function detectable(x: readonly number[], plan: Plan): number {
  const last = plan.looks.length - 1
  const { ratio, lower } = estimateAt(x, last, plan)
  return lower > 0 ? (1 + plan.tolerance) * (ratio / lower) : Number.POSITIVE_INFINITY
}
