import type { ExitCode } from '@holdfast/bench/exit'
import type { Played } from '../scenarios/play.ts'
import type { Control } from '../scenarios/scenario.ts'
import type { JudgedClaim } from '../claims/judge-claims.ts'
import type { Settings } from '../scenarios/stage.ts'

/** A scenario's control, and whether it failed as it must. */
export interface PlayedControl {
  readonly title: string
  readonly played: Played
  readonly mustFail: Control['mustFail']
  /** Each of {@link mustFail} was broken. */
  readonly isBroken: boolean
}

/** What was played, before it is judged as a whole. */
export interface RunFindings {
  readonly settings: Settings
  readonly scenarios: readonly { readonly played: Played; readonly control: PlayedControl | undefined }[]
  readonly startedAt: number
  readonly durationMs: number
}

/** All that a run found out. */
export interface RunReport extends RunFindings {
  readonly version: 1
  /** Where claims were tried: what became of each. */
  readonly claims?: readonly JudgedClaim[]
  /** In one sentence. */
  readonly verdict: string
  readonly exitCode: ExitCode
  /** The command that does it again. */
  readonly reproduce: string
}
