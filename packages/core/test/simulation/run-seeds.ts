import { setImmediate } from 'node:timers/promises'
import type { Violation } from './oracle.ts'
import { World, type Subject } from './world.ts'

/** What came of many seeds. */
export interface Outcome {
  readonly seeds: number
  readonly reads: number
  readonly invalidations: number
  readonly failures: readonly { readonly seed: number; readonly violations: readonly Violation[] }[]
}

/** Worlds that go on side by side: what runs between two events of one runs between two events of all, and costs one turn. */
const atOnce = 32

/**
 * Simulates seeds from `first` on, until they are done or so many have failed.
 *
 * @param mostFailures @default 10
 */
export async function runSeeds(subject: Subject, first: number, count: number, mostFailures = 10): Promise<Outcome> {
  const { stackTraceLimit } = Error
  // Stores reject by the thousand here, and nobody looks where.
  Error.stackTraceLimit = 0
  try {
    return await run(subject, first, count, mostFailures)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

async function run(subject: Subject, first: number, count: number, mostFailures: number): Promise<Outcome> {
  const failures: { seed: number; violations: readonly Violation[] }[] = []
  let [next, reads, invalidations, seeds] = [first, 0, 0, 0]
  const active = new Map<number, World>()
  for (;;) {
    while (active.size < atOnce && next < first + count && failures.length < mostFailures)
      active.set(next, new World(next++, subject))
    if (active.size === 0) return { seeds, reads, invalidations, failures }
    await setImmediate()
    for (const [seed, world] of active) {
      if (!world.isOver) {
        world.step()
        continue
      }
      active.delete(seed)
      seeds++
      reads += world.oracle.reads
      invalidations += world.oracle.invalidations
      if (world.violations.length > 0) failures.push({ seed, violations: world.violations })
    }
  }
}
