import { equalAt } from '@holdfast/core'
import type { Command } from './link.ts'
import { removeOversized } from './oversized.ts'
import { isBytes } from './reply.ts'
import { replay } from './replay.ts'
import type { Session } from './session.ts'

/** What a heartbeat tells. */
export interface HeartbeatReports {
  /** No PONG came in time: nothing is heard. */
  deaf(cause: Error): void
  /** The data connection did not answer in time. */
  failed(cause: Error): void
}

/**
 * The pulse of an open session: a PING on the subscriber connection, whose PONG lets memory be believed on, and on the data
 * connection the epoch (it finds a FLUSHALL by hand) and Redis' clock.
 */
export class Heartbeat {
  readonly #session: Session
  readonly #everyMs: number
  readonly #reports: HeartbeatReports
  #timer: unknown
  #isStopped = false

  constructor(session: Session, everyMs: number, reports: HeartbeatReports) {
    this.#session = session
    this.#everyMs = everyMs
    this.#reports = reports
    this.#schedule(everyMs)
  }

  stop(): void {
    this.#isStopped = true
    this.#session.ground.clock.clearTimer(this.#timer)
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return
    this.#timer = this.#session.ground.clock.setTimer(() => void this.#beat(), delayMs)
  }

  async #beat(): Promise<void> {
    const { clock } = this.#session.ground
    const startedAt = clock.now()
    await Promise.all([this.#listenIn(), this.#ask()])
    this.#schedule(Math.max(0, startedAt + this.#everyMs - clock.now()))
  }

  async #listenIn(): Promise<void> {
    const session = this.#session
    if (session.ownHearing !== 'all') return
    try {
      await session.barrier(session.ownDeadline())
    } catch (error) {
      if (!this.#isStopped && session.ownHearing === 'all') this.#reports.deaf(error as Error)
    }
  }

  async #ask(): Promise<void> {
    const session = this.#session
    try {
      await this.#askEpoch()
      // What was journalled while the session held, because the cache gave up before we did or a circuit was open.
      await replay(session, () => undefined)
      await removeOversized(session)
    } catch (error) {
      if (!this.#isStopped) this.#reports.failed(error as Error)
    }
  }

  async #askEpoch(): Promise<void> {
    const session = this.#session
    const { ground } = session
    const isRoot = session.root === session
    const { generation, isDirty } = session.epoch
    const sentAt = ground.clock.now()
    const questions: Command[] = [['TIME']]
    if (isRoot) questions.push(['GET', ground.keys.epoch])
    if (ground.kin !== undefined) questions.push(['CLUSTER', 'NODES'])
    const replies = await session.exchange(questions, session.ownDeadline())
    session.time.learn(replies[0]!, sentAt, ground.clock.now())
    ground.kin?.seen(session, replies.at(-1)!)
    if (!isRoot || session.root !== session) return
    const { epoch } = session
    const found = replies[1]
    if (session.isEnded || isDirty || generation !== epoch.generation) return
    if (epoch.id === undefined) await session.askEpoch()
    else if (!isBytes(found, epoch.id.length) || !equalAt(found, 0, epoch.id)) session.everythingChanged()
  }
}
