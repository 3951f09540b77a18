import type { Outcome } from './answer.ts'

/** What an API process counted by itself, beside what the cache and the database count. */
export interface Tally {
  /** Answered reads by outcome: together as many as there were. */
  readonly outcomes: Record<Outcome, number>
  /** Answered writes. */
  writes: number
  /** Writes that have begun and are not answered yet, whether or not anybody waits for the answer. */
  writing: number
  /** Answers with a status of 500 and above. */
  failures: number
}

export function createTally(): Tally {
  return { outcomes: { hit: 0, stale: 0, miss: 0, bypass: 0 }, writes: 0, writing: 0, failures: 0 }
}
