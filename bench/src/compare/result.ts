import type { Environment } from '../engine/environment.ts'
import type { Goal, Metric } from '../suites/case.ts'
import type { Interval } from '../stats/bootstrap.ts'

/** A ratio of two contenders, with the interval that its processes give it; 2 is twice as slow. */
export interface Ratio extends Interval {
  readonly value: number
}

/** What all processes say of one contender. Times are milliseconds per operation, one of each process. */
export interface ContenderResult {
  readonly name: string
  readonly times: readonly number[]
  readonly cpus: readonly number[]
  /** Means with the tails, as the others. */
  readonly meanTimes: readonly number[]
  readonly latencies: readonly number[]
  readonly bytes?: number
  /** Against the baseline of the case. */
  readonly ratio: Readonly<Record<Metric, Ratio>>
}

export interface GoalResult extends Goal {
  readonly observed: Ratio
  readonly isMet: boolean
  /** The interval lies on one side of the bound. */
  readonly isClear: boolean
}

export interface CaseResult {
  readonly id: string
  readonly title: string
  readonly metric: Metric
  readonly baseline: string
  readonly contenders: readonly ContenderResult[]
  readonly goals: readonly GoalResult[]
  /** Contenders that could not be measured, and why. */
  readonly unable: Readonly<Record<string, string>>
}

/** Everything of one run; what the reports are drawn from, and what `--json` writes. */
export interface CompareResult {
  readonly schema: 'holdfast.bench.compare.v1'
  readonly startedAt: string
  readonly durationMs: number
  readonly commit: string | undefined
  readonly runs: number
  readonly timeMs: number
  readonly environment: Environment
  readonly versions: Readonly<Record<string, string>>
  readonly cases: readonly CaseResult[]
}
