import { Batcher, type Asked } from './batch.ts'
import type {
  Clock,
  Fill,
  Invalidation,
  Journalled,
  Lease,
  LeaseRequest,
  RemoteDescription,
  RemoteEntry,
  RemoteInfo,
  RemoteRead,
  RemoteStore,
  RemoteWrite,
  Settlement,
  Stored,
  TakenLease,
} from './contracts.ts'
import { Deadlines } from './deadline.ts'
import { describeRemote } from './describe-remote.ts'
import { RemoteTimeoutError, RemoteUnavailableError } from './errors.ts'
import type { Journal } from './journal.ts'
import { isNamespaceTag } from './keys.ts'
import type { Observers } from './observer.ts'
import { RemoteCalls } from './remote-calls.ts'
import { each, partsOf, type Run } from './remote-run.ts'
import { Replay } from './replay.ts'

/** What the remote store needs of its cache. */
export interface RemoteParts {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly journal: Journal
  readonly observers: Observers
  /** A call failed, or was not answered in time. */
  readonly failed: (operation: string, cause: unknown) => void
  readonly repaired: (journalled: Journalled) => void
}

/**
 * The remote store as the cache uses it: what is asked in one tick is one call, every call has a deadline, and a failure is
 * told and rejected. Stores that lack an ability are made up for as far as one process can.
 */
export class Remote {
  readonly store: RemoteStore
  readonly timeoutMs: number
  readonly calls: RemoteCalls
  readonly #clock: Clock
  readonly #deadlines: Deadlines
  readonly #journal: Journal
  readonly #failed: (operation: string, cause: unknown) => void
  readonly #replay: Replay
  readonly #observers: Observers
  #isClosed = false
  /** What was made up to this instant is not believed: the store could not be cleared. */
  #refusedUntil = Number.NEGATIVE_INFINITY
  readonly #reads: Batcher<string, RemoteRead>
  readonly #leases: Batcher<LeaseRequest, Lease | RemoteEntry | TakenLease>
  readonly #fills: Batcher<Fill, Stored>
  readonly #releases: Batcher<{ readonly key: string; readonly lease: Lease }, void>
  readonly #writes: Batcher<RemoteWrite, Stored>
  readonly #removals: Batcher<string, void>
  readonly #expiries: Batcher<string, void>
  readonly #tags: Batcher<string, void>

  constructor(store: RemoteStore, parts: RemoteParts) {
    this.store = store
    this.timeoutMs = parts.timeoutMs
    this.#clock = parts.clock
    this.#journal = parts.journal
    this.#failed = parts.failed
    this.#observers = parts.observers
    this.calls = new RemoteCalls(parts.clock, parts.timeoutMs)
    this.#deadlines = new Deadlines(parts.clock)
    this.#replay = new Replay(store, { ...parts, deadlines: this.#deadlines, refuseOlder: this.#refuseOlder })
    const { ofKey, ofKeyed, ofFill, ofTag } = partsOf(store)
    this.#reads = this.#batcher('getMany', (keys, call) => store.getMany(keys, call), ofKey)
    this.#leases = this.#batcher('lease', (requests, call) => store.lease!(requests, call), ofKeyed)
    this.#fills = this.#batcher('fill', (fills, call) => store.fill!(fills, call), ofFill)
    this.#writes = this.#batcher('setMany', (writes, call) => store.setMany(writes, call), ofKeyed)
    this.#releases = this.#batcher('release', each(store, 'release'), ofKeyed)
    this.#removals = this.#batcher('deleteMany', each(store, 'deleteMany'), ofKey)
    this.#expiries = this.#batcher('expire', each(store, 'expire'), ofKey)
    this.#tags = this.#batcher('invalidateTags', each(store, 'invalidateTags'), ofTag)
  }

  /** The instant by which an operation that begins now must have ended. */
  deadline(): number {
    return this.#clock.now() + this.timeoutMs
  }

  read(asked: Asked<string, RemoteRead>): void {
    this.#reads.ask(asked)
  }

  /** A read that is shared with nobody. */
  readAlone(key: string): Promise<RemoteRead> {
    return this.#reads.add(key, this.deadline())
  }

  /** `undefined` when the store has no leases. */
  async lease(request: LeaseRequest, deadlineAt: number): Promise<Lease | RemoteEntry | TakenLease | undefined> {
    if (this.store.lease === undefined) return undefined
    return this.#leases.add(request, deadlineAt)
  }

  async fill(write: RemoteWrite, lease: Lease | undefined): Promise<Stored> {
    if (lease !== undefined) return this.#fills.add({ lease, write }, this.deadline())
    // Without leases a late fill cannot be told from a timely one: the weaker promise is in `describe()`.
    return this.store.lease === undefined ? this.write(write) : undefined
  }

  async release(key: string, lease: Lease): Promise<void> {
    if (this.store.release !== undefined) await this.#releases.add({ key, lease }, this.deadline())
  }

  write(write: RemoteWrite): Promise<Stored> {
    return this.#writes.add(write, this.deadline())
  }

  writeMany(writes: readonly RemoteWrite[]): Promise<readonly Stored[]> {
    return this.#writes.addAll(writes, this.deadline())
  }

  async settle(settlement: Settlement): Promise<Stored> {
    const { key, write } = settlement
    if (this.store.settle !== undefined)
      return (await this.#call('settle', (call) => this.store.settle!([settlement], call)))[0]
    if (write !== undefined && this.store.lease === undefined) return this.write(write)
    await this.remove([key])
    return undefined
  }

  async remove(keys: readonly string[], holdMs?: number): Promise<void> {
    if (holdMs !== undefined) return this.#call('deleteMany', (call) => this.store.deleteMany(keys, call, holdMs))
    await this.#removals.addAll(keys, this.deadline())
  }

  async expire(keys: readonly string[]): Promise<void> {
    if (this.store.expire === undefined) return this.remove(keys)
    await this.#expiries.addAll(keys, this.deadline())
  }

  async invalidateTags(tags: readonly string[]): Promise<void> {
    if (this.store.invalidateTags !== undefined) await this.#tags.addAll(tags, this.deadline())
    // Without the ability no entry with a user's tag was ever written there. Those of a namespace were.
    else if (tags.some(isNamespaceTag)) await this.clear()
  }

  async invalidateMatching(pattern: string): Promise<void> {
    const { store } = this
    // Too much is invalidated rather than too little.
    if (store.invalidateMatching === undefined) return this.clear()
    // Each page of the scan has a deadline of its own, kept by the store; the whole has none.
    await this.#within('invalidateMatching', Number.POSITIVE_INFINITY, () =>
      this.#guarded('invalidateMatching', 1, (call) => store.invalidateMatching!(pattern, call), this.deadline()),
    )
  }

  async clear(): Promise<void> {
    const { store } = this
    if (store.clear !== undefined) await this.#call('clear', (call) => store.clear!(call))
    else if (store.invalidateMatching !== undefined) await this.invalidateMatching('*')
    else this.#refuseOlder()
  }

  /** Whether an invalidation ends what is stored for everybody. What the store cannot end, this process refuses to be given. */
  reaches(what: Invalidation): boolean {
    const { store } = this
    if (what.type === 'keys' || store.clear !== undefined || store.invalidateMatching !== undefined) return true
    return what.type === 'tags' && (store.invalidateTags !== undefined || !what.names.some(isNamespaceTag))
  }

  /** Whether an entry that was found may not be believed: invalidated here, and the store does not know. */
  refuses(key: string, { createdAt, tags }: RemoteEntry): boolean {
    return createdAt <= this.#refusedUntil || (this.#journal.size > 0 && this.#journal.concerns(key, tags))
  }

  /** Resolves when all that was announced before the call has been heard. */
  barrier(key: string): Promise<void> {
    const deadlineAt = this.deadline()
    return this.#within('barrier', deadlineAt, async () => this.store.barrier?.(key, { deadlineAt }))
  }

  ping(): Promise<number> {
    const { store } = this
    if (store.ping !== undefined) return this.#call('ping', (call) => store.ping!(call))
    const from = this.#clock.now()
    return this.#call('ping', async (call) => {
      await store.getMany(['ping'], call)
      return this.#clock.now() - from
    })
  }

  /** `undefined` when the store does not tell. */
  async info(): Promise<RemoteInfo | undefined> {
    return this.store.info && this.#call('info', (call) => this.store.info!(call))
  }

  get takesTags(): boolean {
    return this.store.invalidateTags !== undefined
  }

  /** Whether memory is kept coherent by the store, and not by short lives alone. */
  get isCoherent(): boolean {
    return this.store.listen !== undefined
  }

  describe(): RemoteDescription {
    return describeRemote(this.store)
  }

  /** Ends what is under way, and then the store, which is waited for until the deadline. Never rejects. */
  async close(deadlineAt: number): Promise<void> {
    this.#isClosed = true
    this.#deadlines.expireAll()
    await this.#within('close', deadlineAt, async () => this.store.close()).catch((cause: unknown) =>
      this.#failed('close', cause),
    )
    this.#deadlines.close()
  }

  readonly #refuseOlder = (): void => {
    this.#refusedUntil = this.#clock.now()
  }

  #batcher<I, R>(
    operation: string,
    run: Run<I, R>,
    partOf: ((input: NoInfer<I>) => string | undefined) | undefined,
  ): Batcher<I, R> {
    return new Batcher(
      this.#deadlines,
      (inputs, deadlineAt) => this.#guarded(operation, inputs.length, (call) => run(inputs, call), deadlineAt),
      (cause) => this.#tell(operation, cause),
      partOf,
    )
  }

  /** One call with a deadline of its own. */
  #call<R>(operation: string, run: (call: { deadlineAt: number }) => Promise<R>): Promise<R> {
    const deadlineAt = this.deadline()
    return this.#within(operation, deadlineAt, () => this.#guarded(operation, 1, run, deadlineAt))
  }

  #within<R>(operation: string, deadlineAt: number, start: () => Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const failed = (cause: unknown): void => {
        this.#tell(operation, cause)
        reject(cause)
      }
      const message = `The remote store did not answer \`${operation}\` before the deadline.`
      const timed = { deadlineAt, settled: false, expire: () => failed(new RemoteTimeoutError(message)) }
      this.#deadlines.add(timed)
      start().then(
        (result) => {
          this.#deadlines.settle(timed)
          resolve(result)
        },
        (cause: unknown) => {
          if (timed.settled) return
          this.#deadlines.settle(timed)
          failed(cause)
        },
      )
    })
  }

  /** What was missed goes first: before anything else where the store has no sessions, behind where it never knew of it. */
  async #guarded<R>(
    operation: string,
    size: number,
    run: (call: { deadlineAt: number }) => Promise<R>,
    deadlineAt: number,
  ): Promise<R> {
    if (this.#isClosed) throw new RemoteUnavailableError('The cache is closed.')
    if (this.#journal.size > 0 && !this.isCoherent) await this.#replay.run(deadlineAt)
    const from = this.#clock.now()
    const result = await this.#observers.call(operation, size, () => run({ deadlineAt }))
    this.calls.answered(operation, from, deadlineAt)
    if (this.#journal.size > 0) this.#replay.runBehind(this.deadline())
    return result
  }

  /** What fails because the cache is being closed is no news. */
  #tell(operation: string, cause: unknown): void {
    if (this.#isClosed) return
    this.calls.failed(operation, cause)
    this.#failed(operation, cause)
  }
}
