import {
  envelopeKind,
  packPlaceholder,
  tokenOf,
  type Lease,
  type LeaseRequest,
  type RemoteEntry,
  type RemoteRead,
} from '@holdfast/core'
import { FoundEntry, foundIn, FoundMiss } from './found.ts'
import { HeldLease, type LeaseRight } from './held-lease.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { judgeHearing, judgeWith } from './read.ts'
import { isBytes, refused } from './reply.ts'
import { claim, run } from './scripts.ts'
import type { Session } from './session.ts'
import { takeSnapshot } from './tag-snapshot.ts'

const blocked: LeaseRight = { token: undefined, isOwn: false, isMemoryOnly: false }
const memoryOnly: LeaseRight = { token: undefined, isOwn: false, isMemoryOnly: true }

function rightTo(token: Uint8Array, isOwn: boolean): LeaseRight {
  return { token, isOwn, isMemoryOnly: false }
}

/** Asks for the right to fill, in one round trip; none where what was read gives it and the tags are known. */
export async function leaseIn(
  session: Session,
  requests: readonly LeaseRequest[],
  deadlineAt: number,
): Promise<readonly (Lease | RemoteEntry)[]> {
  const plans = requests.map((request) => new Plan(session, request))
  const asked = plans.filter((plan) => plan.command !== undefined)
  // Without announcements the epoch is not known: it is read along.
  const root: Command[] = session.hearing === 'all' ? [] : [['GET', session.ground.keys.epoch]]
  const commands = [...root, ...asked.map((plan) => plan.command!)]
  const tags = requests.flatMap((request) => request.tags)
  const { snapshot, replies } = await takeSnapshot(session, tags, commands, deadlineAt)
  await takeAnswers(session, asked, replies.slice(root.length), deadlineAt)
  const read = root.length > 0 && isBytes(replies[0], 8) ? new Uint8Array(replies[0]) : undefined
  await judgeOccupied(session, asked, root.length === 0 ? 'known' : read, deadlineAt)
  if (!session.isTrusted) await session.trusted(deadlineAt)
  // The load begins after this tick: the epoch is stamped as it is now, never as it is when the load has ended.
  const epoch = root.length === 0 ? session.epoch.id : read
  return plans.map((plan) => {
    if (plan.entry !== undefined) return plan.entry
    const isStamped = plan.request.tags.every((tag) => snapshot.stamps.has(tag))
    return new HeldLease(session, isStamped ? plan.right : memoryOnly, { epoch, stamps: snapshot.stamps })
  })
}

/** How one key's lease is got. */
class Plan {
  readonly request: LeaseRequest
  readonly command: Command | undefined
  readonly #lease: Uint8Array | undefined
  right: LeaseRight = blocked
  /** What stood there instead. */
  there: Buffer | undefined
  /** It turned out to be this: there is nothing to load. */
  entry: RemoteEntry | undefined

  constructor(session: Session, request: LeaseRequest) {
    this.request = request
    // What was seen in another session is a token no more: the key may have been restored to it (§7 "lease-resurrected").
    const seen = foundIn(session, request.seen)
    const reason = seen instanceof FoundMiss ? seen.reason : undefined
    if (session.isScriptless) this.right = memoryOnly
    else if (seen?.token !== undefined) this.right = rightTo(seen.token, false)
    else if (reason !== 'hold') {
      this.#lease = packPlaceholder('lease', session.ground.ids())
      this.command = reason === 'foreign' || session.lacksNxGet ? this.claim(session) : this.#setIfAbsent(session)
    }
  }

  /** The command that gets a lease whatever stands there, unless it is ours. */
  claim(session: Session): Command {
    return run(claim, [session.ground.keys.key(this.request.key)], [this.#lease!, this.#px()])
  }

  /** Takes the reply to `command` or `claim`. Tells whether it was in vain, because of what stands there or because of the server's age. */
  take(reply: Reply): boolean {
    if (reply === null) this.right = rightTo(tokenOf(this.#lease!), true)
    else if (Buffer.isBuffer(reply)) {
      if (envelopeKind(reply) === 'foreign') return false
      this.there = reply
    } else if (reply instanceof ReplyError && isInVain(reply)) return false
    else this.right = memoryOnly
    return true
  }

  /** Takes what became of what stood there. */
  judged(found: RemoteRead): void {
    if (found instanceof FoundEntry) {
      if (this.request.always === true) this.right = rightTo(found.token, false)
      else this.entry = found
    } else if (found instanceof FoundMiss && found.token !== undefined) this.right = rightTo(found.token, false)
  }

  #setIfAbsent(session: Session): Command {
    return ['SET', session.ground.keys.key(this.request.key), this.#lease!, 'NX', 'GET', 'PX', this.#px()]
  }

  #px(): string {
    return String(Math.max(1, Math.ceil(this.request.leaseMs)))
  }
}

/** Something of another type stands there, or the server does not know `SET … NX GET`. */
function isInVain(reply: ReplyError): boolean {
  return reply.code === 'WRONGTYPE' || (reply.code === 'ERR' && /syntax/i.test(reply.message))
}

/** Takes the answers; where something foreign stands in the way, a script puts the lease in its place. */
async function takeAnswers(
  session: Session,
  asked: readonly Plan[],
  replies: readonly Reply[],
  deadlineAt: number,
): Promise<void> {
  const readOnly = replies.find((reply) => reply instanceof ReplyError && reply.code === 'READONLY')
  if (readOnly !== undefined) {
    const cause = refused(readOnly)
    session.onFailed(cause)
    throw cause
  }
  const inVain = asked.filter((plan, index) => !plan.take(replies[index]!))
  if (inVain.length === 0) return
  const again = await session.exchange(
    inVain.map((plan) => plan.claim(session)),
    deadlineAt,
  )
  for (const [index, plan] of inVain.entries()) if (!plan.take(again[index]!)) plan.right = memoryOnly
}

/** What stands in the way of leases: a valid entry is the answer, anything else of ours a token, unless it is a hold. */
async function judgeOccupied(
  session: Session,
  asked: readonly Plan[],
  epoch: Uint8Array | 'known' | undefined,
  deadlineAt: number,
): Promise<void> {
  const occupied = asked.filter((plan) => plan.there !== undefined)
  if (occupied.length === 0) return
  const values = occupied.map((plan) => plan.there!)
  const found =
    epoch === 'known'
      ? await judgeHearing(session, values, deadlineAt)
      : await judgeWith(session, values, epoch, deadlineAt)
  for (const [index, plan] of occupied.entries()) plan.judged(found?.[index])
}
