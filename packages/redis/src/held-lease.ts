import type { Guard, Lease } from '@holdfast/core'
import type { Session } from './session.ts'
import type { Stamp } from './tag-table.ts'

/** What may be done with what is loaded. */
export interface LeaseRight {
  /** What must still stand at the key; `undefined` when nothing may be stored there. */
  readonly token: Uint8Array | undefined
  /** The token is of a lease that was made for this, and not of something that stood there. */
  readonly isOwn: boolean
  /** The right is this process's alone, until it is let go. */
  readonly isLock?: boolean
  /** Redis refused a lease, as one that is full does: memory may keep the value, Redis does not get it. */
  readonly isMemoryOnly: boolean
}

/** What a load knew before it began. */
export class HeldLease implements Lease {
  readonly type = 'lease'
  readonly session: Session
  readonly right: LeaseRight
  readonly epoch: Uint8Array | undefined
  /** The guards of an entry without tags then. */
  readonly guards: readonly Guard[]
  readonly stamps: ReadonlyMap<string, Stamp>
  /** {@link TagTable.seq} then: what the table learnt later may be newer than what is loaded. */
  readonly seq: number
  /** When the load began, in local time, no later than it did. */
  readonly startedAt: number
  /** The same in Redis' time, no later than it did. */
  readonly loadsFrom: number

  constructor(
    session: Session,
    right: LeaseRight,
    ground: { epoch: Uint8Array | undefined; stamps: ReadonlyMap<string, Stamp> },
  ) {
    this.session = session
    this.right = right
    this.epoch = ground.epoch
    this.stamps = ground.stamps
    this.guards = session.ownGuards
    this.seq = session.tags.seq
    this.startedAt = session.ground.clock.now()
    this.loadsFrom = session.time.isKnown ? session.time.earliest(this.startedAt) : Number.NEGATIVE_INFINITY
  }
}
