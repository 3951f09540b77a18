import type { JudgedLine } from './judge-line.ts'

/** `untrusted`: a condition was not met, and something else than the cache may be why; or the load was not what it should have been. */
export type Outcome = 'pass' | 'fail' | 'untrusted'

/** What may be wrong besides the API. */
export interface Circumstances {
  /** Why the scenario itself doubts what it measured. */
  readonly doubt?: string | undefined
  /** How much later than due requests left (p99). */
  readonly lagMs: number
  /** The longest time for which the generator's event loop did nothing. */
  readonly stoodStillMs: number
}

/** A generator that stood still for so long did not give the API the load that the scenario is about. */
const standstillMs = 1_000

/** Later than this, and a latency says as much of the generator as of the API. */
const tolerableLagMs = 5

/**
 * Latency counts from when a request was due, so a late generator makes it longer and never shorter: what is met all the same is
 * met; what is not may be the generator's fault. One that stood still makes what is met worth nothing; what was counted and is wrong is
 * wrong all the same.
 */
export function judgeOutcome(
  lines: readonly JudgedLine[],
  { doubt, lagMs, stoodStillMs }: Circumstances,
): { readonly outcome: Outcome; readonly doubt?: string } {
  const broken = lines.filter((line) => !line.isMet)
  const isOnlyLate = broken.every(({ kind }) => kind === 'absolute')
  if (stoodStillMs > standstillMs && isOnlyLate)
    return {
      outcome: 'untrusted',
      doubt: `The load generator stood still for ${(stoodStillMs / 1_000).toFixed(1)} s, so the API was not under the load that this is about.`,
    }
  if (broken.length === 0) return { outcome: 'pass' }
  if (doubt !== undefined) return { outcome: 'untrusted', doubt }
  if (lagMs <= tolerableLagMs || !isOnlyLate || broken.some(({ n }) => n === 0)) return { outcome: 'fail' }
  return {
    outcome: 'untrusted',
    doubt: `The load generator was late itself (p99 ${lagMs.toFixed(0)} ms), so what is broken says nothing of the API.`,
  }
}
