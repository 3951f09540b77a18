import type { GroundPlan } from './ground.ts'
import type { FaultStage } from './stage.ts'
import type { Act } from './traffic.ts'

/** One fault: how it is made, how it is seen to have happened, and how it ends. */
export interface FaultRow extends GroundPlan {
  /** Unique, as it stands in the table. */
  readonly name: string
  /** What was done, in a few words for the table. */
  readonly how: string
  /**
   * Makes the fault, lets the traffic go on for a while by `stage.during()`, and ends it. Resolves with what proves that it happened.
   *
   * @throws {Error} when it did not happen
   */
  play(stage: FaultStage): Promise<string>
  /** Values on the way that no cache can help holding for a while, in bytes. */
  readonly grownBytes?: number
  /** What the traffic does without. @default nothing */
  readonly without?: readonly Act[]
}
