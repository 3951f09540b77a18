/**
 * What the processes of a history write down. Instants are milliseconds with fractions on the machine's monotonic clock, which all
 * processes share, counted from the start of the run.
 */

/** A key that a cache returned a value for, or missed. A batch is one of these per key. */
export interface ReadRecord {
  readonly type: 'read'
  readonly worker: number
  readonly key: string
  readonly start: number
  readonly end: number
  /** The version that the value names; `undefined` for a miss. */
  readonly version: number | undefined
  /** The key that the value names. */
  readonly valueKey: string | undefined
  /** The operation, and where the value came from if that is known: `getOrSet`, `lookup memory`. */
  readonly path: string
}

/** What an invalidation must end: every value of the key below this version. */
export interface Cover {
  readonly key: string
  /** What the database said the key's version was, after the write and before the invalidation. */
  readonly version: number
}

/** A `delete`, `update`, `invalidateTags`, `clear`, … after a write of the database. */
export interface InvalidationRecord {
  readonly type: 'invalidation'
  readonly worker: number
  /** The call, for people: `delete item:1:2`, `invalidateTags group:3`. */
  readonly path: string
  readonly covers: readonly Cover[]
  readonly issue: number
  readonly ack: number
  /** It reached the remote store. A deferred one binds its own process only, until the next quiet. */
  readonly isApplied: boolean
}

/** A loader that ran: between `start` and `end` it read this version from the database. */
export interface LoadRecord {
  readonly type: 'load'
  readonly worker: number
  readonly key: string
  readonly start: number
  readonly end: number
  readonly version: number
}

/** A call that rejected though no loader of it did. */
export interface FailureRecord {
  readonly type: 'failure'
  readonly worker: number
  readonly path: string
  readonly start: number
  readonly end: number
  readonly error: string
}

/** A time in which a process's event loop stood still. */
export interface StallRecord {
  readonly type: 'stall'
  readonly worker: number
  readonly start: number
  readonly end: number
}

/** A time in which a process said that it could not reach Redis. */
export interface CutOffRecord {
  readonly type: 'cutOff'
  readonly worker: number
  readonly start: number
  readonly end: number
}

export type WorkerRecord = ReadRecord | InvalidationRecord | LoadRecord | FailureRecord | StallRecord | CutOffRecord

/** Something that was done to Redis, to a connection or to a process, with the time that recovering from it may take. */
export interface FaultRecord {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** What a process read of a key after everything had been quiet, and what the database held. */
export interface FinalRead extends ReadRecord {
  readonly truth: number
}
