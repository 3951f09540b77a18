import { RemoteTimeoutError, RemoteUnavailableError, type Journalled, type RemoteState } from '@holdfast/core'
import { Fence } from './fence.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Connector } from './link.ts'
import { Opening } from './open-session.ts'
import { timedOut, unavailable } from './reply.ts'
import type { Session } from './session.ts'
import type { SessionGround } from './session-ground.ts'
import { Waiters } from './waiters.ts'

/** How often and how long one server is tried. Lengths in milliseconds. */
export interface NodeOptions {
  readonly connectMs: number
  readonly heartbeatMs: number
  /** Numbers from 0 to 1 for the jitter. */
  readonly random: () => number
}

const firstRetryMs = 50
/** So that a server that is back is found within this time. */
const lastRetryMs = 250
/** An attempt that has lasted so long when a caller gives up is not waited for by others. */
const patienceMs = 100
/** A session that ends sooner than this counts as a failed attempt. */
const soundMs = 1_000

/**
 * One server, and the sessions with it, one after another: opens the first when it is needed, and another as soon as one has ended,
 * with waits that grow and differ between processes.
 */
export class Node {
  readonly ground: SessionGround
  readonly #connector: Connector
  readonly #options: NodeOptions
  readonly #fence = new Fence()
  #current: Session | undefined
  /** The last that was open: its guard vouches for memory until the next one opens. */
  #last: Session | undefined
  #opening: Opening | undefined
  #heartbeat: Heartbeat | undefined
  readonly #waiters: Waiters
  #state: RemoteState = 'connecting'
  #cause: Error | undefined
  #timer: unknown
  #failures = 0
  #openedAt = 0
  #attemptedAt = 0
  /** A call was turned away since the last session: what it loaded instead was not told of what happened meanwhile. */
  #hasTurnedAway = false
  #sessions = 0
  /** Of the server that the last session was with. */
  #runId: string | undefined
  #leftAt = 0

  constructor(ground: SessionGround, connector: Connector, options: NodeOptions) {
    this.ground = ground
    this.#connector = connector
    this.#options = options
    this.#waiters = new Waiters(ground.deadlines)
  }

  get address(): string {
    return this.#connector.address
  }

  get state(): RemoteState {
    return this.#state
  }

  /** Why it cannot be used, when it cannot. */
  get cause(): Error | undefined {
    return this.#cause
  }

  /** The open session, if there is one. */
  get current(): Session | undefined {
    return this.#current
  }

  /** The session that vouches for memory: the open one, or the last one. */
  get vouching(): Session | undefined {
    return this.#current ?? this.#last
  }

  /** Sessions opened so far. */
  get sessions(): number {
    return this.#sessions
  }

  /** Begins to connect, if nothing has yet. */
  start(): void {
    if (this.#state === 'connecting' && this.#opening === undefined && this.#timer === undefined) this.#attempt()
  }

  /**
   * The open session. While the first is being opened, and while one that was lost is being replaced, it is waited for; after an
   * attempt has failed, calls are turned away at once.
   */
  session(deadlineAt: number): Promise<Session> {
    if (this.#current !== undefined) return Promise.resolve(this.#current)
    if (this.#state !== 'connecting') {
      this.#hasTurnedAway = true
      return Promise.reject(this.#refusal())
    }
    this.start()
    return this.#wait(deadlineAt)
  }

  /** A session is of no use any more: something sent in it has an unknown outcome, was refused, or is not answered. */
  fail(session: Session, cause: Error): void {
    if (this.#state === 'closed') return
    const { vouching } = this
    // A session hands its data connection on to the next: what failed in the one failed in the other.
    const failed = vouching?.data === session.data ? vouching : session
    if (failed.isEnded) return
    this.#end(failed)
    if (failed !== vouching) return
    this.#leave(failed)
    this.#abortOpening()
    const isSound = this.ground.clock.now() - this.#openedAt >= soundMs
    this.#failures = isSound ? 0 : this.#failures + 1
    this.#enter(isSound ? 'connecting' : 'away', cause)
    this.#attemptIn(isSound ? 0 : this.#retryMs())
  }

  /** Opens a new session, on the data connection that there is while it is sound. Nothing is read until it is open. */
  async reopen(): Promise<void> {
    if (this.#state === 'closed') throw this.#refusal()
    const session = this.#current
    if (session !== undefined) {
      this.#leave(session)
      this.#abortOpening()
      this.#enter('connecting', undefined)
    }
    this.#attempt()
    await this.#wait(this.ground.clock.now() + this.#options.connectMs + 4 * this.ground.answerMs)
  }

  /** A new root epoch was begun here: no session, open or about to open, knows it. */
  forgetEpoch(): void {
    this.#current?.forgetEpoch()
    this.#opening?.session?.forgetEpoch()
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#enter('closed', undefined)
    this.ground.clock.clearTimer(this.#timer)
    this.#abortOpening()
    const { vouching } = this
    if (vouching !== undefined) this.#leave(vouching)
    vouching?.end()
    this.#turnAway()
  }

  #wait(deadlineAt: number): Promise<Session> {
    return this.#waiters.add(deadlineAt, () => {
      this.#hasTurnedAway = true
      const isSlow = this.ground.clock.now() - this.#attemptedAt >= patienceMs
      if (isSlow && this.#state === 'connecting') this.#enter('away', this.#cause ?? timedOut())
      return this.#refusal()
    })
  }

  /** It is used no more, and vouches for memory until the next one opens. */
  #leave(session: Session): void {
    this.#current = undefined
    this.#last = session
    this.#leftAt = this.ground.clock.now()
    this.#heartbeat?.stop()
  }

  #end(session: Session): void {
    this.#fence.add(session.runId, session.server.clientIds)
    this.#fence.add(session.runId, session.subscriberIds)
    session.end()
  }

  #abortOpening(): void {
    this.#opening?.abort()
    this.#opening = undefined
  }

  #attempt(): void {
    this.ground.clock.clearTimer(this.#timer)
    this.#timer = undefined
    if (this.#state === 'closed' || this.#opening !== undefined) return
    if (this.#current !== undefined && this.#current.ownHearing !== 'nothing') return
    this.#attemptedAt = this.ground.clock.now()
    const { vouching } = this
    const opening = new Opening({
      ground: this.ground,
      connector: this.#connector,
      fence: this.#fence,
      connectMs: this.#options.connectMs,
      former: vouching?.isEnded === false ? vouching : undefined,
      missedBy: (runId) => this.#missedBy(runId),
      opened: (session) => this.#opened(session),
    })
    this.#opening = opening
    opening.run().then(
      () => this.#ended(opening, undefined),
      (cause: Error) => this.#ended(opening, cause),
    )
  }

  /** What this process had invalidated in the last server, before the contact to it was lost. */
  #missedBy(runId: string): Journalled | undefined {
    if (this.#runId === undefined || this.#runId === runId) return undefined
    return this.ground.acknowledged?.before(this.#leftAt)
  }

  #ended(opening: Opening, cause: Error | undefined): void {
    if (this.#opening !== opening) return
    this.#opening = undefined
    if (cause === undefined) return
    this.#failures++
    if (this.#current === undefined) {
      // What was handed over did not do: the next attempt connects anew.
      if (this.#last?.isEnded === false) this.#end(this.#last)
      this.#enter('away', cause)
      this.#turnAway()
    }
    this.#attemptIn(this.#retryMs())
  }

  #opened(session: Session): void {
    const { ground } = this
    const former = this.vouching
    former?.supersede()
    this.#heartbeat?.stop()
    const isFirst = former === undefined && !this.#hasTurnedAway
    this.#hasTurnedAway = false
    this.#current = session
    this.#runId = session.runId
    this.#last = undefined
    this.#openedAt = ground.clock.now()
    this.#sessions++
    session.isOpen = true
    session.onFailed = (cause) => this.fail(session, cause)
    session.data.onClosed = (cause) => this.fail(session, unavailable(cause))
    if (session.subscriber !== undefined)
      session.subscriber.onClosed = (cause) => this.#deaf(session, unavailable(cause))
    this.#heartbeat = new Heartbeat(session, this.#options.heartbeatMs, {
      deaf: (cause) => this.#deaf(session, cause),
      failed: (cause) => this.fail(session, cause),
    })
    // What is under way began before: it was not told of what happened in the gap.
    if (!isFirst) ground.listener?.gap()
    this.#enter('ready', undefined)
    this.#waiters.admit(session)
    if (session.ownHearing === 'nothing') this.#attemptIn(this.#retryMs())
    else this.#failures = 0
  }

  /** The subscriber connection is lost while Redis answers: memory is not believed until another one hears. */
  #deaf(session: Session, cause: Error): void {
    if (session.isEnded || session !== this.#current || session.ownHearing !== 'all') return
    session.ownHearing = 'nothing'
    session.belief.suspend()
    session.fleet.allOver()
    session.subscriber?.close()
    this.#fence.add(session.runId, session.subscriberIds)
    this.#cause = cause
    this.#attemptIn(0)
  }

  #attemptIn(delayMs: number): void {
    const { clock } = this.ground
    clock.clearTimer(this.#timer)
    this.#timer = clock.setTimer(() => this.#attempt(), delayMs)
  }

  #retryMs(): number {
    const most = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10))
    return most * (0.5 + this.#options.random() / 2)
  }

  #turnAway(): void {
    this.#hasTurnedAway = true
    this.#waiters.turnAway(this.#refusal())
  }

  #refusal(): RemoteUnavailableError {
    if (this.#state === 'closed') return new RemoteUnavailableError('The store is closed.')
    return new RemoteUnavailableError(`Redis at ${this.address} cannot be used now.`, { cause: this.#cause })
  }

  #enter(state: RemoteState, cause: Error | undefined): void {
    // Why an attempt failed is known later than that it takes too long.
    const isClearer = this.#cause instanceof RemoteTimeoutError && !(cause instanceof RemoteTimeoutError)
    this.#cause = cause
    if (this.#state === state && !(state === 'away' && isClearer)) return
    this.#state = state
    this.ground.listener?.state?.(state, cause)
  }
}
