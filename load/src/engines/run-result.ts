import type { Samples } from './samples.ts'
import type { GeneratorHealth } from './self-check.ts'

/** What a run of any engine brings home. */
export interface RunResult {
  /** When it began, in milliseconds since the epoch, with fractions. */
  readonly startedAt: number
  readonly samples: Samples
  /** By scope, the highest version that a write was acknowledged with. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly generator: GeneratorHealth
}
