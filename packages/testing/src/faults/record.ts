import type { FaultOperation } from './subject.ts'

/** What became of the calls of one operation. */
export interface OperationRecord {
  readonly calls: number
  /** Calls that rejected. */
  readonly errors: number
  readonly firstError: string | undefined
  /** The longest wait, in milliseconds, without the loads in it and without this process's own stalls. */
  readonly longestMs: number
  /** Calls that were not over seconds after the end. */
  readonly unsettled: number
}

/** What one process saw. */
export interface SubjectRecord {
  readonly operations: Readonly<Record<FaultOperation, OperationRecord>>
  /** Reads that returned what an acknowledged invalidation had ended, or another key's value; the first few, as text. */
  readonly wrong: readonly string[]
  readonly wrongs: number
  /** The most that the heap and buffers grew, in bytes. */
  readonly grownBytes: number
  /** How much the heap and buffers had grown at the end, in bytes. */
  readonly leftBytes: number
  /** Unhandled rejections and uncaught exceptions, as text. */
  readonly unhandled: readonly string[]
  readonly stalledMs: number
}

/** Reads of the keys that nobody writes, since the last look. */
export interface HitWindow {
  readonly reads: number
  readonly hits: number
}

/** How a process sees all keys when everything is over. */
export interface FinalLook {
  /** The share of the keys that are only read which were found without a load, by a cache that has just been opened. */
  readonly hitRatio: number
  /** Keys whose value is older than what was acknowledged, or another key's, as text: in the same process, which knows. */
  readonly staleHere: readonly string[]
  /** In another process, which hears of it when this one has reached Redis again. */
  readonly staleElsewhere: readonly string[]
}
