/** How far a job got. */
export interface WarmProgress {
  readonly job: string
  /** Keys that were listed. */
  readonly keys: number
  /** Keys that needed nothing: their values are fresh. */
  readonly fresh: number
  readonly loaded: number
  /** Keys whose loader gave nothing. */
  readonly absent: number
  /** Keys whose load failed, all retries included. */
  readonly failed: number
}

/** What became of a job. */
export interface WarmJobReport extends WarmProgress {
  /** Its keys could not all be listed: why. */
  readonly error?: unknown
}

/**
 * How a run ended. `done`: every key was looked at. `late`: the deadline struck. `aborted`: nobody waited any more, or the warmer was
 * closed. `elsewhere`: another process of the fleet is at it. `recent`: it was done by another within the interval (scheduled runs).
 * `unreachable`: there is a remote store and it cannot be reached, so that nothing would be gained that lasts.
 */
export type WarmOutcome = 'done' | 'late' | 'aborted' | 'elsewhere' | 'recent' | 'unreachable'

/** What a run did. */
export interface WarmReport {
  readonly outcome: WarmOutcome
  readonly durationMs: number
  readonly jobs: readonly WarmJobReport[]
}

/** What happens during a run, by name. */
export interface WarmEvents {
  /** A job got further: a page of its keys was looked at, or a load ended. */
  readonly progress: WarmProgress
  /** A call of a loader failed; `willRetry`: it is tried again. */
  readonly failed: {
    readonly job: string
    readonly keys: readonly string[]
    readonly error: unknown
    /** The first is 1. */
    readonly attempt: number
    readonly willRetry: boolean
  }
  /** A run ended, whoever began it. */
  readonly ended: WarmReport
}

/** The counts of a job under way. */
export class Tally {
  readonly job: string
  keys = 0
  fresh = 0
  loaded = 0
  absent = 0
  failed = 0
  error: unknown

  constructor(job: string) {
    this.job = job
  }

  progress(): WarmProgress {
    const { job, keys, fresh, loaded, absent, failed } = this
    return { job, keys, fresh, loaded, absent, failed }
  }

  report(): WarmJobReport {
    return { ...this.progress(), ...(this.error === undefined ? {} : { error: this.error }) }
  }
}
