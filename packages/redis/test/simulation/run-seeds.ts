import { simulate } from '@holdfast/testing/simulation'
import { scenario, type TroubleKind } from './scenario.ts'

/** Which seeds to run. */
export interface Seeds {
  readonly from: number
  readonly count: number
  /** What goes wrong in all of them. @default what each seed chooses */
  readonly trouble?: TroubleKind
  /** Ends with the first that fails. @default false */
  readonly isFirstEnough?: boolean
}

/** What became of them. */
export interface SeedsReport {
  readonly seeds: number
  readonly reads: number
  readonly invalidations: number
  /** What each seed that failed says of itself. */
  readonly failures: readonly string[]
}

export async function runSeeds({ from, count, trouble, isFirstEnough = false }: Seeds): Promise<SeedsReport> {
  // Thousands of errors are made and none is looked at.
  Error.stackTraceLimit = 0
  let reads = 0
  let invalidations = 0
  const failures: string[] = []
  for (let seed = from; seed < from + count; seed++) {
    try {
      const outcome = await simulate(seed, (world) => scenario(world, trouble))
      reads += outcome.reads
      invalidations += outcome.invalidations
    } catch (error) {
      failures.push((error as Error).message)
      if (isFirstEnough) return { seeds: seed - from + 1, reads, invalidations, failures }
    }
  }
  return { seeds: count, reads, invalidations, failures }
}
