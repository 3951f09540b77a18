import { RemoteUnavailableError, type Guard, type Invalidation } from '@holdfast/core'
import { announcements, heardIn } from './announcement.ts'
import { askEpoch } from './ask-epoch.ts'
import { Belief } from './belief.ts'
import { Epoch } from './epoch.ts'
import { Fleet } from './fleet.ts'
import { JointGuard } from './joint-guard.ts'
import { ReplyError, type Command, type Link, type Reply, type SubscriberLink } from './link.ts'
import type { RedisTime } from './redis-time.ts'
import { withSource } from './scripts.ts'
import type { Hearing, Relative, ServerFacts, SessionGround } from './session-ground.ts'
import { TagSets } from './tag-sets.ts'
import { TagTable } from './tag-table.ts'
import { within } from './within.ts'

/**
 * One unbroken time with one server: what was learnt in it (epoch, versions of tags) is true as long as it lasts, because everything
 * that changes is heard. It ends with its connections, or with the first command whose outcome is not known.
 */
export class Session implements Relative {
  readonly ground: SessionGround
  /** 8 characters that mark its own announcements. */
  readonly me: string
  readonly data: Link
  readonly server: ServerFacts
  readonly tags: TagTable
  readonly tagSets: TagSets = new TagSets()
  readonly belief: Belief = new Belief()
  readonly fleet: Fleet = new Fleet(this)
  ownHearing: Hearing = 'unasked'
  subscriber: SubscriberLink | undefined
  /** The id of the subscriber connection at the server, when it is known. */
  subscriberIds: readonly number[] = []
  /** The server has no scripts for us: nothing can be filled. */
  isScriptless = false
  /** Announcing is refused: other processes are misled until their copies end. */
  isMute = false
  /** The server knows no `SET … NX GET` (before 7.0, and what stands in front of some). */
  lacksNxGet: boolean
  /** Killing former connections is refused: what was sent on one may land late. */
  isUnfenced = false
  /** Reads and writes may use it. */
  isOpen = false
  isEnded = false
  /** Called when a command of the session's own has failed. */
  onFailed: (cause: Error) => void = () => undefined
  /** How long others vouch for what this node is giving away. */
  vouchedUntil: () => number = () => Number.POSITIVE_INFINITY
  /** The slots of its node, as it last told. */
  slots: string | undefined
  readonly #epoch = new Epoch()
  #asking: Promise<void> | undefined
  #barrier: Promise<void> | undefined
  #ownGuards: readonly Guard[] = []

  constructor(ground: SessionGround, me: string, data: Link, server: ServerFacts) {
    this.ground = ground
    this.me = me
    this.data = data
    this.server = server
    this.lacksNxGet = /^[1-6]\./.test(server.version)
    this.tags = new TagTable(ground.maxTags)
  }

  /** The session with the node of the epoch: this one, where there is one node. */
  get root(): Relative | undefined {
    const { kin, node } = this.ground
    return kin === undefined || kin.rootNode === node ? this : kin.root
  }

  /** The root epoch, as far as it is known. */
  get epoch(): Epoch {
    return this.ground.kin === undefined ? this.#epoch : (this.root?.ownEpoch ?? noEpoch)
  }

  get ownEpoch(): Epoch {
    return this.#epoch
  }

  /** What is heard of all that entries of this node depend on. */
  get hearing(): Hearing {
    const { root } = this
    if (root === this || this.ownHearing !== 'all') return this.ownHearing
    return root?.ownHearing ?? 'nothing'
  }

  /** Whether table and epoch may be used in this tick. */
  get isTrusted(): boolean {
    return !this.epoch.isDirty && (this.hearing !== 'all' || this.#isVouched(this.ground.clock.now()))
  }

  #isVouched(now: number): boolean {
    const { root } = this
    return (
      now < this.belief.guard.goodUntil && (root === this || (root !== undefined && now < root.belief.guard.goodUntil))
    )
  }

  /**
   * Resolves when table and epoch may be used in that very tick, or when the session has ended or gone deaf: whoever waits looks.
   * Rejects by the deadline.
   */
  async trusted(deadlineAt: number): Promise<void> {
    while (!this.isEnded && !this.isTrusted) {
      try {
        if (this.epoch.isDirty) await this.within(this.askEpoch(), deadlineAt)
        else
          await Promise.all([this.barrier(deadlineAt), this.root === this ? undefined : this.root?.barrier(deadlineAt)])
      } catch (error) {
        if (!this.isEnded && (this.hearing === 'all' || this.epoch.isDirty)) throw error
      }
    }
  }

  /**
   * Sends commands and resolves with their replies. Scripts that the server has lost are sent again in full, followed once more
   * by what announces them.
   */
  exchange(commands: readonly Command[], deadlineAt: number): Promise<readonly Reply[]> {
    return this.exchangeOn(commands, deadlineAt, 0)
  }

  /** The same for commands that have been sent on so often. */
  exchangeOn(commands: readonly Command[], deadlineAt: number, hops: number): Promise<readonly Reply[]> {
    const { kin, deadlines } = this.ground
    return within(deadlines, this.data.send(commands), deadlineAt, (replies) => {
      if (replies.some(isNoScript)) return this.#sendScripts(commands, replies, deadlineAt)
      return kin !== undefined && replies.some(isRedirected)
        ? kin.follow(this, { commands, replies, deadlineAt, hops })
        : replies
    })
  }

  async #sendScripts(
    commands: readonly Command[],
    replies: readonly Reply[],
    deadlineAt: number,
  ): Promise<readonly Reply[]> {
    const again = commands.flatMap((command, index) =>
      isNoScript(replies[index]!) || command[0] === 'PUBLISH' ? [index] : [],
    )
    const repeated = await this.within(this.data.send(again.map((index) => withSource(commands[index]!))), deadlineAt)
    const merged = [...replies]
    for (const [position, index] of again.entries()) merged[index] = repeated[position]!
    return merged
  }

  /** A promise that ends by a deadline. */
  within<T>(promise: Promise<T>, deadlineAt: number): Promise<T> {
    return within(this.ground.deadlines, promise, deadlineAt)
  }

  /** The current estimate of the server's clock. */
  get time(): RedisTime {
    return this.server.time
  }

  get runId(): string {
    return this.server.runId
  }

  /** The instant by which a command of the session's own must have been answered. */
  ownDeadline(): number {
    return this.ground.clock.now() + this.ground.answerMs
  }

  /** The commands that announce an invalidation. */
  announce(what: Invalidation): readonly Command[] {
    return announcements(this.me, what).map((message) => ['PUBLISH', this.ground.keys.channel, message] as const)
  }

  /** Takes a message of the channel of announcements. */
  hear(message: Buffer): void {
    const what = heardIn(message, this.me)
    if (what === undefined) return
    if (what.type === 'all') return this.everythingChanged()
    if (what.type === 'tags') this.forgetTags(what.names)
    this.ground.listener?.heard(what)
  }

  /** These tags were invalidated. */
  forgetTags(names: readonly string[]): void {
    this.tags.invalidate(names)
    this.ground.kin?.forgetTags(names)
  }

  /** Another epoch began, in whatever way that was noticed. */
  everythingChanged(): void {
    this.forgetEpoch()
    this.fleet.everythingChanged()
    this.ground.listener?.heard({ type: 'all' })
    if (this.root?.isOpen === true) this.askEpoch().catch(() => undefined)
  }

  /** What is known of epoch and tags is the past. */
  forgetEpoch(): void {
    const { root } = this
    if (root !== this) return root?.forgetEpoch()
    this.epoch.soil()
    this.belief.end()
    this.tags.invalidateAll()
  }

  /** Asks for the epoch; shared by all who need it. Whether it is clean then, they look for themselves. */
  askEpoch(): Promise<void> {
    const { root, ground } = this
    if (root !== this) return ground.kin!.openRoot(this.ownDeadline()).then((open) => open.askEpoch())
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** Resolves when all that was announced before the call has been heard. */
  barrier(deadlineAt: number): Promise<void> {
    const { subscriber } = this
    if (this.ownHearing !== 'all' || subscriber === undefined)
      return Promise.reject(new RemoteUnavailableError('Announcements are not heard now.'))
    // Sent when this tick ends: a PING that left earlier proves nothing of what is announced until then.
    this.#barrier ??= Promise.resolve().then(() => {
      this.#barrier = undefined
      return this.beat(subscriber)
    })
    return this.within(this.#barrier, deadlineAt)
  }

  /** One PING on the subscriber connection: its PONG proves that everything announced before it was sent has been heard. */
  async beat(subscriber: SubscriberLink): Promise<void> {
    const sentAt = this.ground.clock.now()
    await subscriber.ping()
    if (this.ownHearing !== 'all' || this.subscriber !== subscriber) return
    this.belief.extend(Math.min(sentAt + this.ground.maxStalenessMs, this.vouchedUntil()))
  }

  /** The guards of an entry without tags, shared by all of them. */
  get ownGuards(): readonly Guard[] {
    const { root } = this
    const { guard } = this.belief
    const [known] = this.#ownGuards
    if (root === this) return known === guard ? this.#ownGuards : (this.#ownGuards = [guard])
    const rootGuard = root?.belief.guard ?? unvouched
    if (!(known instanceof JointGuard) || known.own !== guard || known.root !== rootGuard)
      this.#ownGuards = [new JointGuard(guard, rootGuard)]
    return this.#ownGuards
  }

  /** The guards of what is read without hearing announcements; `undefined` where nothing ever is: the cache bounds its life itself. */
  get deafGuards(): readonly Guard[] | undefined {
    return this.hearing === 'nothing' ? this.ownGuards : undefined
  }

  /** Ends it. What was under way rejects; its guard stays as it is until another session opens. */
  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.belief.resume()
    this.fleet.end()
    this.data.close()
    this.subscriber?.close()
  }

  /** Slots came or went: what this session vouched for may be invalidated elsewhere, and what it knows of tags may have moved. */
  slotsChanged(): void {
    this.belief.end()
    this.belief.renew()
    this.tags.invalidateAll()
    this.ground.listener?.gap()
  }

  /** Another session has opened: what this one vouched for is not vouched for any more. Its data connection may live on in that. */
  supersede(): void {
    this.isEnded = true
    this.belief.end()
    this.fleet.end()
    this.tags.invalidateAll()
    this.subscriber?.close()
  }

  async #ask(): Promise<void> {
    const { generation } = this.epoch
    try {
      this.epoch.learn(await askEpoch(this), generation)
    } catch (cause) {
      this.onFailed(cause as Error)
      throw cause
    }
    if (!this.epoch.isDirty) this.belief.renew()
  }
}

const noEpoch = new Epoch()
const unvouched: Guard = { goodUntil: Number.NEGATIVE_INFINITY }

function isRedirected(reply: Reply): boolean {
  return reply instanceof ReplyError && (reply.code === 'MOVED' || reply.code === 'ASK' || reply.code === 'TRYAGAIN')
}

function isNoScript(reply: Reply): boolean {
  return reply instanceof ReplyError && reply.code === 'NOSCRIPT'
}
