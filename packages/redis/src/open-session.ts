import { RemoteUnavailableError, type Journalled } from '@holdfast/core'
import type { Fence } from './fence.ts'
import { nameFrom } from './ids.ts'
import { ReplyError, type Command, type Connector, type Link } from './link.ts'
import { introduce } from './introduce.ts'
import { Listening } from './listening.ts'
import { removeOversized } from './oversized.ts'
import { invalidateAll, replay } from './replay.ts'
import { scripts } from './scripts.ts'
import { Session } from './session.ts'
import type { SessionGround } from './session-ground.ts'
import { within } from './within.ts'

/** What a session is opened with. */
export interface OpeningTerms {
  readonly ground: SessionGround
  readonly connector: Connector
  readonly fence: Fence
  /** How long connecting may take, in milliseconds. */
  readonly connectMs: number
  /** A session whose data connection is sound: it goes over to the new one. */
  readonly former: Session | undefined
  /** What was acknowledged to a former server and is to be invalidated in this one again. */
  readonly missedBy: (runId: string) => Journalled | undefined
  /** Called in the tick in which the session is complete: from then on it may be used. */
  readonly opened: (session: Session) => void
}

const noClient = '9223372036854775807'

/** One attempt to open a session. Nothing is read, and nothing of anybody's written, before it ends (§2.2). */
export class Opening {
  readonly #terms: OpeningTerms
  readonly #links: Link[] = []
  #session: Session | undefined
  #isAborted = false

  constructor(terms: OpeningTerms) {
    this.#terms = terms
  }

  /** The session, as far as it has come. */
  get session(): Session | undefined {
    return this.#session
  }

  async run(): Promise<void> {
    try {
      await this.#open()
    } catch (error) {
      this.#fenceOwn()
      this.abort()
      throw error
    }
  }

  abort(): void {
    this.#isAborted = true
    if (this.#session !== undefined) this.#session.isEnded = true
    for (const link of this.#links) link.close()
  }

  async #open(): Promise<void> {
    const { ground, former, connector, opened } = this.#terms
    const me = nameFrom(ground.ids())
    const listening = ground.listener === undefined ? undefined : new Listening(connector, ground, me)
    if (listening !== undefined) this.#links.push(listening.subscriber)
    const subscribed = listening?.begin((promise) => this.#connecting(promise)) ?? Promise.resolve('unasked' as const)
    const data = former?.data ?? connector.connect()
    if (former === undefined) this.#links.push(data)
    await this.#connecting(data.opened)
    const server = former?.server ?? (await introduce(data, ground))
    const session = new Session(ground, me, data, server)
    this.#session = session
    await ground.kin?.confirm(session)
    session.ownHearing = await subscribed
    if (listening !== undefined) {
      session.subscriber = listening.subscriber
      session.subscriberIds = listening.clientIds
      listening.onAnnouncement = (message) => {
        session.fleet.announced(message)
        session.hear(message)
      }
      listening.onOver = (redisKey) => session.fleet.over(redisKey)
    }
    if (former?.ownHearing === 'nothing' && session.ownHearing === 'nothing')
      throw new RemoteUnavailableError('Redis cannot be listened to: no second connection.')
    await this.#fenceOff(session)
    await this.#test(session, listening)
    await (ground.kin === undefined ? session.askEpoch() : ground.kin.introduce(session))
    await removeOversized(session)
    const missed = this.#terms.missedBy(session.runId)
    if (missed !== undefined) await invalidateAll(session, missed)
    await replay(session, () => {
      if (this.#isAborted || !data.isOpen) throw new RemoteUnavailableError('The connection to Redis was lost.')
      if (session.ownHearing === 'all' && session.subscriber?.isOpen !== true) session.ownHearing = 'nothing'
      opened(session)
    })
  }

  /** What was replayed before the attempt failed may still be under way. */
  #fenceOwn(): void {
    const { fence, former } = this.#terms
    const session = this.#session
    if (session === undefined) return
    if (former === undefined) fence.add(session.runId, session.server.clientIds)
    fence.add(session.runId, session.subscriberIds)
  }

  /** Kills what former connections may still have under way, and gives the server our scripts. */
  async #fenceOff(session: Session): Promise<void> {
    const { fence } = this.#terms
    const { runId } = session.server
    // One that does not exist is asked for too: whether it may be asked for is said before it matters.
    const kills: readonly Command[] = [['CLIENT', 'KILL', 'ID', noClient], ...fence.commands(runId)]
    const loads = scripts.map((script): Command => ['SCRIPT', 'LOAD', script.source])
    const replies = await session.exchange([...kills, ...loads], session.ownDeadline())
    session.isUnfenced =
      session.server.clientIds.length === 0 ||
      replies.slice(0, kills.length).some((reply) => reply instanceof ReplyError)
    fence.clear(runId)
  }

  /** A message to ourselves must be heard: some servers and proxies let one subscribe and deliver nothing. */
  async #test(session: Session, listening: Listening | undefined): Promise<void> {
    const { ground } = this.#terms
    if (listening === undefined || session.ownHearing !== 'all') return
    const sentAt = ground.clock.now()
    const test: Command = ['PUBLISH', ground.keys.inbox(session.me), 'test']
    const [reply] = await session.exchange([test], session.ownDeadline())
    if (reply instanceof ReplyError) {
      session.isMute = true
      session.ownHearing = 'refused'
      return
    }
    try {
      await within(ground.deadlines, listening.testHeard, session.ownDeadline())
      session.belief.extend(sentAt + ground.maxStalenessMs)
    } catch {
      session.ownHearing = listening.subscriber.isOpen ? 'refused' : 'nothing'
    }
  }

  #connecting<T>(promise: Promise<T>): Promise<T> {
    const { ground, connectMs } = this.#terms
    return within(ground.deadlines, promise, ground.clock.now() + connectMs)
  }
}
