import type {
  Clock,
  Fill,
  Guard,
  InvalidationListener,
  Lease,
  LeaseRequest,
  ListenOptions,
  RemoteCall,
  RemoteEntry,
  RemoteRead,
  RemoteState,
  RemoteStore,
  RemoteWrite,
  Settlement,
  Stored,
} from '../../src/contracts.ts'
import { RemoteTimeoutError, RemoteUnavailableError } from '../../src/errors.ts'
import { deferred } from './deferred.ts'
import type { Server, Slot, Token } from './server.ts'
import { Wire, type Operation } from './wire.ts'

interface HeldLease extends Lease {
  readonly token: Token
  readonly session: Session
}

/** A connection with everything that is believed because of it. */
class Session {
  readonly guard: Guard = { goodUntil: Number.NEGATIVE_INFINITY }
  isOver = false
}

const changing: ReadonlySet<Operation> = new Set([
  'setMany',
  'deleteMany',
  'settle',
  'expire',
  'invalidateTags',
  'invalidateMatching',
  'clear',
])

/**
 * A remote store with every ability, on a {@link Server} that several of them share: leases that are compare-and-sets, tags by
 * version, an epoch, sessions with a heartbeat, announcements. An unknown outcome ends the session; the next one opens with the
 * replay of the journal.
 */
export class ServerStore implements RemoteStore {
  readonly wire: Wire = new Wire()
  readonly #server: Server
  readonly #clock: Clock
  #session: Session = new Session()
  #listener: InvalidationListener | undefined
  #options: ListenOptions | undefined
  #isCut = false
  #isClosed = false
  #heartbeat: unknown
  /** Rejects the calls that are under way. */
  readonly #pending = new Set<(error: Error) => void>()
  #opening: Promise<void> | undefined

  constructor(server: Server, clock: Clock) {
    this.#server = server
    this.#clock = clock
    server.subscribers.add(this.#announced)
  }

  /** Changes when the session ends or a new one opens. */
  get session(): unknown {
    return this.#session.isOver ? undefined : this.#session
  }

  /** The connection is lost: what is under way fails, and so does what comes. */
  cut(): void {
    this.#isCut = true
    this.#endSession(new RemoteUnavailableError('The connection was cut.'))
    this.#say('away')
  }

  /** The connection is back: a new session, which begins with the replay. */
  async mend(): Promise<void> {
    this.#isCut = false
    await this.reopen()
  }

  getMany(keys: readonly string[], call: RemoteCall): Promise<readonly RemoteRead[]> {
    return this.#call('getMany', call, (session) => keys.map((key) => this.#read(key, session)))
  }

  setMany(writes: readonly RemoteWrite[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#call('setMany', call, (session) => {
      for (const write of writes) this.#server.put(write)
      this.#announceKeys(writes.map((write) => write.key))
      return writes.map(() => [session.guard])
    })
  }

  deleteMany(keys: readonly string[], call: RemoteCall, holdMs?: number): Promise<void> {
    return this.#call('deleteMany', call, () => {
      this.#server.remove(keys)
      if (holdMs !== undefined) for (const key of keys) this.#server.hold(key, 'hold', holdMs)
      this.#announceKeys(keys)
    })
  }

  lease(requests: readonly LeaseRequest[], call: RemoteCall): Promise<readonly (Lease | RemoteEntry)[]> {
    return this.#call('lease', call, (session) => requests.map((request) => this.#lease(request, session)))
  }

  fill(fills: readonly Fill[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#call('fill', call, (session) =>
      fills.map(({ lease, write }) => {
        const { token, session: begun } = lease as HeldLease
        if (begun !== session || !this.#server.stands(write.key, token)) return undefined
        if (this.#server.isOutdated(token, write.tags)) return undefined
        this.#server.put(write, token.epoch, token.versions)
        return token.epoch === this.#server.epoch ? [session.guard] : undefined
      }),
    )
  }

  release(leases: readonly { readonly key: string; readonly lease: Lease }[], call: RemoteCall): Promise<void> {
    return this.#call('release', call, () => {
      for (const { key, lease } of leases)
        if (this.#server.stands(key, (lease as HeldLease).token) && this.#server.get(key)?.kind === 'lease')
          this.#server.remove([key])
    })
  }

  settle(settlements: readonly Settlement[], call: RemoteCall): Promise<readonly Stored[]> {
    return this.#call('settle', call, (session) =>
      settlements.map(({ key, lease, write }) => {
        const held = lease as HeldLease | undefined
        const isOurs = held?.session === session && this.#server.stands(key, held.token)
        if (isOurs && write !== undefined && !this.#server.isOutdated(held.token, write.tags))
          this.#server.put(write, held.token.epoch, held.token.versions)
        else this.#server.remove([key])
        this.#announceKeys([key])
        return isOurs && write !== undefined ? [session.guard] : undefined
      }),
    )
  }

  expire(keys: readonly string[], call: RemoteCall): Promise<void> {
    return this.#call('expire', call, () => {
      for (const key of keys) {
        const slot = this.#server.get(key)
        if (slot?.kind === 'entry' && slot.write !== undefined) {
          const staleAt = Math.min(slot.write.staleAt, this.#clock.now())
          this.#server.put({ ...slot.write, staleAt }, slot.epoch, new Map(slot.versions))
        } else if (slot?.kind === 'lease') {
          // What is being loaded began before: it must not become fresh.
          this.#server.remove([key])
        }
      }
      this.#announceKeys(keys)
    })
  }

  invalidateTags(tags: readonly string[], call: RemoteCall): Promise<void> {
    return this.#call('invalidateTags', call, () => {
      for (const tag of tags) this.#server.bump(tag)
      this.#server.publish({ type: 'tags', names: tags }, this)
    })
  }

  invalidateMatching(pattern: string, call: RemoteCall): Promise<void> {
    return this.#call('invalidateMatching', call, () => {
      this.#server.removeMatching(pattern)
      this.#server.publish({ type: 'pattern', pattern }, this)
    })
  }

  clear(call: RemoteCall): Promise<void> {
    return this.#call('clear', call, () => {
      this.#server.newEpoch()
      this.#server.publish({ type: 'all' }, this)
    })
  }

  async ping(call: RemoteCall): Promise<number> {
    const from = this.#clock.now()
    await this.#call('ping', call, () => undefined)
    return this.#clock.now() - from
  }

  listen(listener: InvalidationListener, options: ListenOptions): () => void {
    this.#listener = listener
    this.#options = options
    this.#vouch(this.#session, this.#clock.now())
    this.#beat()
    return () => {
      this.#listener = undefined
      this.#clock.clearTimer(this.#heartbeat)
    }
  }

  guard(_key: string): Guard {
    return this.#session.guard
  }

  async barrier(_key: string, call: RemoteCall): Promise<void> {
    const asked = this.#clock.now()
    const session = this.#session
    await this.#call('ping', call, () => undefined)
    await this.wire.announcement?.()
    this.#vouch(session, asked)
  }

  reopen(): Promise<void> {
    this.#endSession(new RemoteUnavailableError('The session ended.'))
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#endSession(new RemoteUnavailableError('The store is closed.'))
    this.#server.subscribers.delete(this.#announced)
    this.#clock.clearTimer(this.#heartbeat)
  }

  #read(key: string, session: Session): RemoteRead {
    const slot = this.#server.get(key)
    if (slot === undefined) return undefined
    const reason = this.#server.refusal(slot)
    return reason === undefined ? entryOf(slot, session) : { type: 'miss', reason }
  }

  #lease({ key, tags, leaseMs, seen, always }: LeaseRequest, session: Session): Lease | RemoteEntry {
    const there = this.#server.get(key)
    const isFilled = there !== undefined && this.#server.refusal(there) === undefined && !isSeen(seen, there)
    if (isFilled && always !== true) return entryOf(there, session)
    const { id } = there ?? this.#server.hold(key, 'lease', leaseMs)
    const lease: HeldLease = { type: 'lease', token: this.#server.token(id, tags), session }
    return lease
  }

  #announceKeys(names: readonly string[]): void {
    this.#server.publish({ type: 'keys', names }, this)
  }

  readonly #announced: (what: Parameters<InvalidationListener['heard']>[0], from: object) => void = (what, from) => {
    const session = this.#session
    if (from === this || session.isOver || this.#isCut) return
    const heard = (): void => {
      if (!session.isOver) this.#listener?.heard(what)
    }
    const delayed = this.wire.announcement?.()
    if (delayed === undefined) heard()
    else void delayed.then(heard)
  }

  /** A call that belongs to the session it began in, and ends by its deadline. */
  async #call<T>(operation: Operation, call: RemoteCall, execute: (session: Session) => T): Promise<T> {
    const session = this.#session
    if (this.#isCut || this.#isClosed || session.isOver) throw new RemoteUnavailableError('The store is away.')
    const ended = deferred<never>()
    const end = (error: Error): void => ended.reject(error)
    this.#pending.add(end)
    const timer = this.wire.isSlow
      ? this.#clock.setTimer(() => end(new RemoteTimeoutError('No answer.')), call.deadlineAt - this.#clock.now())
      : undefined
    try {
      return await Promise.race([
        ended.promise,
        this.wire.carry(operation, () => {
          if (session.isOver) throw new RemoteUnavailableError('The session ended.')
          return execute(session)
        }),
      ])
    } catch (error) {
      // Nobody knows whether it happened: what is journalled now must be replayed before anything is read.
      if (changing.has(operation) && !session.isOver && !this.#isClosed) void this.reopen()
      throw error
    } finally {
      this.#pending.delete(end)
      this.#clock.clearTimer(timer)
    }
  }

  #endSession(error: Error): void {
    this.#session.isOver = true
    for (const end of this.#pending) end(error)
    this.#pending.clear()
  }

  async #open(): Promise<void> {
    // In the next turn, so that whoever failed has journalled.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    for (;;) {
      const journalled = this.#listener?.drain()
      if (journalled === undefined) break
      try {
        await this.wire.carry('hello', () => {
          if (this.#isCut || this.#isClosed) throw new RemoteUnavailableError('The store is away.')
          if (journalled.all) this.#server.newEpoch()
          this.#server.remove(journalled.keys)
          for (const tag of journalled.tags) this.#server.bump(tag)
          if (journalled.all) this.#server.publish({ type: 'all' }, this)
          this.#announceKeys(journalled.keys)
          this.#server.publish({ type: 'tags', names: journalled.tags }, this)
        })
        this.#listener?.applied(journalled)
      } catch {
        this.#listener?.restore(journalled)
        return
      }
    }
    if (this.#isCut || this.#isClosed) return
    const asked = this.#clock.now()
    this.#session.guard.goodUntil = Number.NEGATIVE_INFINITY
    this.#session = new Session()
    this.#listener?.gap()
    this.#vouch(this.#session, asked)
    this.#say('ready')
  }

  #vouch(session: Session, since: number): void {
    if (session.isOver || this.#options === undefined) return
    session.guard.goodUntil = Math.max(session.guard.goodUntil, since + this.#options.maxStalenessMs)
  }

  #beat(): void {
    const { heartbeatMs } = this.#options!
    this.#heartbeat = this.#clock.setTimer(() => {
      this.#beat()
      if (this.#isCut) return
      if (this.#session.isOver) void this.reopen()
      else void this.barrier('', { deadlineAt: this.#clock.now() + heartbeatMs }).catch(() => undefined)
    }, heartbeatMs)
  }

  #say(state: RemoteState): void {
    this.#listener?.state?.(state)
  }
}

const idOf = Symbol('idOf')

function entryOf(slot: Slot, session: Session): RemoteEntry {
  const entry = { type: 'entry', ...slot.write!, guards: [session.guard], [idOf]: slot.id } as const
  return entry
}

function isSeen(seen: RemoteRead, slot: Slot): boolean {
  return seen !== undefined && idOf in seen && seen[idOf] === slot.id
}
