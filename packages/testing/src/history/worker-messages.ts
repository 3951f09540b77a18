import type { CheckedCacheOptions } from './checked-cache.ts'
import type { FinalRead, WorkerRecord } from './record.ts'

/** What a worker is to do. */
export interface WorkerPlan {
  /** URL of a module that is a `CheckedCacheModule`. */
  readonly cacheModule: string
  readonly cache: CheckedCacheOptions
  readonly seed: number
  /** How many workers there are. */
  readonly workers: number
  /** `process.hrtime.bigint()` at the start of the run, as text. */
  readonly startedAtNs: string
  readonly mode: HistoryMode
}

/**
 * How values are written. `invalidate`: any worker writes any key, and invalidates or updates it. `set`: each key has one worker that
 * writes it, one write at a time, mostly by `set`: then the last writer to win is the last of the database too.
 */
export type HistoryMode = 'invalidate' | 'set'

/** What a worker can be told. */
export type WorkerMethods = {
  readonly open: (plan: WorkerPlan) => Promise<void>
  /** Begins to read and write. */
  readonly run: () => void
  /** Ends all that is under way, and gives what was recorded since the last time. */
  readonly halt: () => Promise<readonly WorkerRecord[]>
  /** Reads every key in every way. */
  readonly readAll: () => Promise<readonly FinalRead[]>
  readonly close: () => Promise<void>
}

/** What a worker asks. */
export type TruthMethods = {
  /** Writes keys at one instant; the versions of the keys to read, then. */
  readonly truth: (query: { readonly write: readonly string[]; readonly read: readonly string[] }) => readonly number[]
}
