import type { Guard } from './contracts.ts'

/** Something under way for a key that later callers may share, as long as nothing was invalidated since it began. */
export interface Joinable {
  readonly key: string
  readonly startedAt: number
  /** The sequence of the tag table when it began: a caller that came after an invalidation of a tag may not share it. */
  readonly startSeq: number
  /** The session it began in; what is joined is served from this process's past, and obeys the heartbeat like memory. */
  readonly guard: Guard | undefined
  /** Tags known from the start: the invalidation of one of them ends it. */
  readonly tags: readonly string[]
  /** An invalidation ended it: later callers begin anew, and it keeps nothing. */
  isDetached: boolean
}
