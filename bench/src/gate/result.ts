import type { Counts } from '../engine/counts.ts'
import type { Point } from '../engine/duel.ts'
import type { Disturbance, Environment } from '../engine/environment.ts'
import type { Interval } from '../stats/bootstrap.ts'
import type { Plan } from '../stats/verdict.ts'
import type { CountChange, Judged, SentinelResult, Verdict } from './judge.ts'

/** A bench with everything that was measured of it: anybody can decide again. */
export interface BenchRecord extends Judged {
  readonly title: string
  readonly points: readonly Point[]
  /** For people; the verdict rests on `centre`. */
  readonly interval: Interval | undefined
  readonly injected?: number
}

export interface Replicate {
  readonly disturbance: Disturbance
  readonly isDisturbed: boolean
}

/** What `bench gate --json` writes, and its reports are drawn from. */
export interface GateResult {
  readonly schema: 'holdfast.bench.gate.v1'
  readonly startedAt: string
  readonly durationMs: number
  readonly base: { readonly name: string; readonly hash: string }
  readonly head: { readonly name: string; readonly hash: string }
  /** Base and head are the same sources: the run shows what the gate says of nothing. */
  readonly isSameBuild: boolean
  readonly plan: { readonly centre: Plan; readonly tails: Plan }
  readonly environment: Environment
  readonly replicates: readonly Replicate[]
  readonly verdict: Verdict
  readonly exitCode: number
  readonly benches: readonly BenchRecord[]
  readonly sentinels: readonly (SentinelResult & { readonly points: readonly Point[] })[]
  readonly counts: readonly CountChange[]
  readonly counted: Readonly<Record<string, { readonly base?: Counts; readonly head?: Counts }>>
  readonly reproduce: string
}
