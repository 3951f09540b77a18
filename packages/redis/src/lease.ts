import {
  envelopeKind,
  packPlaceholder,
  tokenOf,
  type Lease,
  type LeaseRequest,
  type RemoteEntry,
  type RemoteRead,
  type TakenLease,
} from '@holdfast/core'
import { lockMs, type Wait } from './fleet.ts'
import { FoundEntry, foundIn, FoundMiss } from './found.ts'
import { HeldLease, type LeaseRight } from './held-lease.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { judgeHearing, judgeWith } from './read.ts'
import { isBytes, isSyntax, refused } from './reply.ts'
import { claim, contend, run } from './scripts.ts'
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
): Promise<readonly (Lease | RemoteEntry | TakenLease)[]> {
  const plans = requests.map((request) => new Plan(session, request))
  try {
    return await ask(session, plans, deadlineAt)
  } finally {
    for (const plan of plans) plan.end()
  }
}

async function ask(
  session: Session,
  plans: readonly Plan[],
  deadlineAt: number,
): Promise<readonly (Lease | RemoteEntry | TakenLease)[]> {
  const asked = plans.filter((plan) => plan.command !== undefined)
  // Without announcements the epoch is not known: it is read along.
  const root: Command[] = session.hearing === 'all' ? [] : [['GET', session.ground.keys.epoch]]
  const commands = [...root, ...asked.map((plan) => plan.command!)]
  const tags = plans.flatMap(({ request }) => request.tags)
  const { snapshot, replies } = await takeSnapshot(session, tags, commands, deadlineAt)
  await takeAnswers(session, asked, replies.slice(root.length), deadlineAt)
  const read = root.length > 0 && isBytes(replies[0], 8) ? new Uint8Array(replies[0]) : undefined
  await judgeOccupied(session, asked, root.length === 0 ? 'known' : read, deadlineAt)
  if (!session.isTrusted) await session.trusted(deadlineAt)
  // The load begins after this tick: the epoch is stamped as it is now, never as it is when the load has ended.
  const epoch = root.length === 0 ? session.epoch.id : read
  return plans.map((plan) => {
    if (plan.entry !== undefined) return plan.entry
    if (plan.taken !== undefined) return plan.taken
    const isStamped = plan.request.tags.every((tag) => snapshot.stamps.has(tag))
    const lease = new HeldLease(session, isStamped ? plan.right : memoryOnly, { epoch, stamps: snapshot.stamps })
    if (lease.right.isLock === true) session.fleet.keep(lease, plan.redisKey, plan.request)
    return lease
  })
}

/** How one key's lease is got. */
class Plan {
  readonly request: LeaseRequest
  readonly redisKey: string
  readonly command: Command | undefined
  readonly #session: Session
  readonly #lease: Uint8Array | undefined
  readonly #seen: FoundEntry | FoundMiss | undefined
  /** Of one that is for this process alone: who else loads is waited for. */
  readonly #wait: Wait | undefined
  right: LeaseRight = blocked
  /** What stood there instead. */
  there: Buffer | undefined
  /** It turned out to be this: there is nothing to load. */
  entry: RemoteEntry | undefined
  /** Another process loads it alone. */
  taken: Wait | undefined

  constructor(session: Session, request: LeaseRequest) {
    this.request = request
    this.redisKey = session.ground.keys.key(request.key)
    this.#session = session
    // What was seen in another session is a token no more: the key may have been restored to it (§7 "lease-resurrected").
    this.#seen = foundIn(session, request.seen)
    const seen = this.#seen
    const reason = seen instanceof FoundMiss ? seen.reason : undefined
    if (session.isScriptless) this.right = memoryOnly
    else if (reason === 'hold') return
    else if (seen?.token !== undefined && request.isSole !== true) this.right = rightTo(seen.token, false)
    else {
      this.#lease = packPlaceholder('lease', session.ground.ids())
      if (request.isSole === true) this.#wait = session.fleet.await(this.redisKey)
      const isPlain = reason !== 'foreign' && seen?.token === undefined && !session.lacksNxGet
      this.command = isPlain ? this.#setIfAbsent() : this.again()
    }
  }

  /** The command that gets a lease whatever stands there, unless it is ours; one for this process alone, unless another has it. */
  again(): Command {
    if (this.#wait === undefined) return run(claim, [this.redisKey], [this.#lease!, this.#px()])
    const { token } = this.#seen ?? {}
    const stays = this.#seen instanceof FoundEntry ? '1' : '0'
    return run(contend, [this.redisKey], [this.#lease!, this.#session.me, this.#px(), token ?? '', stays])
  }

  /** Takes the reply to `command` or `again`. Tells whether it was in vain, because of what stands there or because of the server's age. */
  take(reply: Reply): boolean {
    if (reply === null || reply === 1) this.right = this.#own()
    else if (Array.isArray(reply)) this.#taken(reply as readonly Reply[])
    else if (Buffer.isBuffer(reply)) {
      const kind = envelopeKind(reply)
      if (kind === 'foreign' || (kind === 'lease' && this.#wait !== undefined)) return false
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

  /** Whatever came of it: who has got an answer waits no more. */
  end(): void {
    if (this.taken === undefined) this.#wait?.leave()
  }

  #own(): LeaseRight {
    return { ...rightTo(tokenOf(this.#lease!), true), isLock: this.#wait !== undefined }
  }

  /** A lease without a holder's name is nobody's alone: an `update`, or a process that does not ask for it. */
  #taken([leftMs, head, holder]: readonly Reply[]): void {
    if (Buffer.isBuffer(holder) && holder.length > 0) {
      this.taken = this.#wait
      this.#wait?.lasts(Number(leftMs))
    } else if (Buffer.isBuffer(head)) this.right = rightTo(tokenOf(head), false)
  }

  #setIfAbsent(): Command {
    const { me } = this.#session
    const lease = this.#wait === undefined ? this.#lease! : Buffer.concat([this.#lease!, Buffer.from(me)])
    return ['SET', this.redisKey, lease, 'NX', 'GET', 'PX', this.#px()]
  }

  #px(): string {
    const ms = this.#wait === undefined ? this.request.leaseMs : Math.min(this.request.leaseMs, lockMs)
    return String(Math.max(1, Math.ceil(ms)))
  }
}

/** Something of another type stands there, or the server does not know `SET … NX GET`. */
function isInVain(reply: ReplyError): boolean {
  return reply.code === 'WRONGTYPE' || isSyntax(reply)
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
  if (replies.some((reply) => reply instanceof ReplyError && isSyntax(reply))) session.lacksNxGet = true
  if (inVain.length === 0) return
  const again = await session.exchange(
    inVain.map((plan) => plan.again()),
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
