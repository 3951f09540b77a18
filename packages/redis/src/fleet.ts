import type { Clock, Deadlines, LeaseRequest, TakenLease } from '@holdfast/core'
import { heardIn } from './announcement.ts'
import { chunks, type BatchLimits } from './chunks.ts'
import type { Keyspace } from './keyspace.ts'
import type { Command, Reply } from './link.ts'
import { release, renew, run, type Script } from './scripts.ts'

/** How long a lock stands by itself, in milliseconds: so long after its holder has died it is noticed. */
export const lockMs = 3_000
/** How often locks are renewed. */
const renewMs = lockMs / 3
/** How often it is looked whether another is done, where nobody can tell. */
const pollMs = 250

/** What it needs of its session. */
export interface FleetGround {
  readonly ground: {
    readonly keys: Keyspace
    readonly clock: Clock
    readonly deadlines: Deadlines
    readonly limits: BatchLimits
  }
  readonly hearing: string
  exchange(commands: readonly Command[], deadlineAt: number): Promise<readonly Reply[]>
  ownDeadline(): number
}

/** The lease of a load, as far as it has to be kept. */
interface Keepable {
  readonly right: { readonly token: Uint8Array | undefined }
}

/** A lock of this process, and how long its load may take. */
interface Kept {
  readonly redisKey: string
  /** Known before the load. */
  readonly tags: readonly string[]
  readonly token: Uint8Array
  readonly lastsUntil: number
}

/**
 * A session's part in loading once for a fleet: it renews the locks of this process while they load, and waits for those of others. Who
 * waits is told by the fill, by any invalidation, or by the end of the lock or of the session.
 */
export class Fleet {
  readonly #session: FleetGround
  readonly #waits = new Map<string, Set<Wait>>()
  readonly #kept = new Map<Keepable, Kept>()
  #timer: unknown
  #isEnded = false

  constructor(session: FleetGround) {
    this.#session = session
  }

  /** Begins to listen for the end of another's load; before it is asked whether there is one, so that nothing is missed. */
  await(redisKey: string): Wait {
    const wait = new Wait(this.#session, (ended) => this.#forget(redisKey, ended))
    const waits = this.#waits.get(redisKey) ?? new Set()
    this.#waits.set(redisKey, waits.add(wait))
    if (this.#isEnded) wait.end()
    return wait
  }

  /** A load of this process holds a lock: it is renewed until {@link letGo}, or until the load may last no longer. */
  keep(lease: Keepable, redisKey: string, { leaseMs, tags }: LeaseRequest): void {
    const { token } = lease.right
    if (token === undefined || this.#isEnded) return
    this.#kept.set(lease, { redisKey, tags, token, lastsUntil: this.#session.ground.clock.now() + leaseMs })
    if (this.#kept.size === 1) this.#schedule()
  }

  letGo(lease: Keepable): void {
    this.#kept.delete(lease)
    if (this.#kept.size === 0) this.#session.ground.clock.clearTimer(this.#timer)
  }

  /** A load of another process is over. */
  over(redisKey: string): void {
    for (const wait of this.#waits.get(redisKey) ?? []) wait.end()
  }

  /** Something was announced, here or elsewhere. What began before it stores nothing: nobody waits for that any more. */
  announced(message: Buffer): void {
    if (this.#waits.size === 0 && this.#kept.size === 0) return
    const what = heardIn(message, '')
    if (what === undefined) return
    if (what.type === 'keys') for (const name of what.names) this.over(this.#session.ground.keys.key(name))
    else if (what.type === 'tags') this.#giveUp(({ tags }) => tags.some((tag) => what.names.includes(tag)))
    else if (what.type === 'pattern') this.allOver()
    else this.everythingChanged()
  }

  everythingChanged(): void {
    this.allOver()
    this.#giveUp(() => true)
  }

  allOver(): void {
    for (const redisKey of Array.from(this.#waits.keys())) this.over(redisKey)
  }

  /** The session has ended: nothing is renewed, and nobody would be told. */
  end(): void {
    this.#isEnded = true
    this.#kept.clear()
    this.#session.ground.clock.clearTimer(this.#timer)
    this.allOver()
  }

  /** A key that is removed takes the lock along; whatever else ends a load leaves it. */
  #giveUp(isOver: (kept: Kept) => boolean): void {
    const given = [...this.#kept].filter(([, kept]) => isOver(kept))
    if (given.length === 0) return
    for (const [lease] of given) this.letGo(lease)
    this.#send(
      given.map(([, kept]) => kept),
      release,
      this.#session.ground.keys.overs,
    )
  }

  /** Runs a script on the keys of some locks, with their tokens. What fails ends with the locks themselves. */
  #send(kept: readonly Kept[], script: Script, last: string): void {
    const { limits } = this.#session.ground
    const commands = chunks(kept, limits, ({ redisKey }) => redisKey.length).map((some) =>
      run(
        script,
        some.map(({ redisKey }) => redisKey),
        [...some.map(({ token }) => token), last],
      ),
    )
    this.#session.exchange(commands, this.#session.ownDeadline()).catch(() => undefined)
  }

  #forget(redisKey: string, wait: Wait): void {
    const waits = this.#waits.get(redisKey)
    waits?.delete(wait)
    if (waits?.size === 0) this.#waits.delete(redisKey)
  }

  #schedule(): void {
    const { clock } = this.#session.ground
    clock.clearTimer(this.#timer)
    this.#timer = clock.setTimer(() => this.#renew(), renewMs)
  }

  #renew(): void {
    const now = this.#session.ground.clock.now()
    for (const [lease, { lastsUntil }] of this.#kept) if (now >= lastsUntil) this.#kept.delete(lease)
    if (this.#kept.size === 0) return
    // One that was not renewed ends: another process loads, and the fill of this one is refused.
    this.#send([...this.#kept.values()], renew, String(lockMs))
    this.#schedule()
  }
}

/** One who waits for a load of another process. */
export class Wait implements TakenLease {
  readonly type = 'taken'
  readonly #session: FleetGround
  readonly #forget: (wait: Wait) => void
  #over: (() => void) | undefined
  #isOver = false
  #timed = { deadlineAt: 0, settled: true, expire: (): void => this.end() }

  constructor(session: FleetGround, forget: (wait: Wait) => void) {
    this.#session = session
    this.#forget = forget
  }

  /** How long the other's lock stands yet, if it is not renewed. Its end is looked at then, whatever is heard. */
  lasts(ms: number): void {
    const { clock, deadlines } = this.#session.ground
    const most = this.#session.hearing === 'all' ? Math.max(0, ms) + 1 : Math.min(Math.max(0, ms) + 1, pollMs)
    if (this.#isOver) return
    this.#timed = { ...this.#timed, deadlineAt: clock.now() + most, settled: false }
    deadlines.add(this.#timed)
  }

  whenOver(over: () => void): void {
    if (this.#isOver) over()
    else this.#over = over
  }

  leave(): void {
    this.#over = undefined
    this.end()
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#session.ground.deadlines.settle(this.#timed)
    this.#forget(this)
    this.#over?.()
  }
}
