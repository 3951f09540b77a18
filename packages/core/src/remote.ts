import { Batcher, type Asked } from './batch.ts'
import type {
  Clock,
  Fill,
  Lease,
  LeaseRequest,
  RemoteDescription,
  RemoteEntry,
  RemoteRead,
  RemoteStore,
  RemoteWrite,
  Settlement,
  Stored,
} from './contracts.ts'
import { Deadlines } from './deadline.ts'
import { describeRemote } from './describe-remote.ts'
import { RemoteTimeoutError, RemoteUnavailableError } from './errors.ts'
import type { Journal } from './journal.ts'

/**
 * The remote store as the cache uses it: what is asked in one tick is one call, every call has a deadline, and a failure is
 * told and rejected. Stores that lack an ability are made up for as far as one process can.
 */
export class Remote {
  readonly store: RemoteStore
  readonly timeoutMs: number
  readonly #clock: Clock
  readonly #deadlines: Deadlines
  readonly #journal: Journal
  readonly #failed: (operation: string, cause: unknown) => void
  readonly #reads: Batcher<string, RemoteRead>
  readonly #leases: Batcher<LeaseRequest, Lease | RemoteEntry>
  readonly #fills: Batcher<Fill, Stored>
  readonly #releases: Batcher<{ readonly key: string; readonly lease: Lease }, void>
  readonly #writes: Batcher<RemoteWrite, Stored>
  readonly #removals: Batcher<string, void>
  readonly #expiries: Batcher<string, void>
  readonly #tags: Batcher<string, void>

  constructor(
    store: RemoteStore,
    options: { clock: Clock; timeoutMs: number; journal: Journal; failed: (operation: string, cause: unknown) => void },
  ) {
    this.store = store
    this.timeoutMs = options.timeoutMs
    this.#clock = options.clock
    this.#journal = options.journal
    this.#failed = options.failed
    this.#deadlines = new Deadlines(options.clock)
    const done = (items: readonly unknown[]): readonly void[] => items.map(() => undefined)
    this.#reads = this.#batcher('getMany', (keys, call) => store.getMany(keys, call))
    this.#leases = this.#batcher('lease', (requests, call) => store.lease!(requests, call))
    this.#fills = this.#batcher('fill', (fills, call) => store.fill!(fills, call))
    this.#releases = this.#batcher('release', async (leases, call) => {
      await store.release!(leases, call)
      return done(leases)
    })
    this.#writes = this.#batcher('setMany', (writes, call) => store.setMany(writes, call))
    this.#removals = this.#batcher('deleteMany', async (keys, call) => {
      await store.deleteMany([...new Set(keys)], call)
      return done(keys)
    })
    this.#expiries = this.#batcher('expire', async (keys, call) => {
      await store.expire!([...new Set(keys)], call)
      return done(keys)
    })
    this.#tags = this.#batcher('invalidateTags', async (tags, call) => {
      await store.invalidateTags!([...new Set(tags)], call)
      return done(tags)
    })
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
  async lease(request: LeaseRequest, deadlineAt: number): Promise<Lease | RemoteEntry | undefined> {
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
    // Without the ability no entry with a tag was ever written there.
    if (this.store.invalidateTags === undefined) return
    await this.#tags.addAll(tags, this.deadline())
  }

  async invalidateMatching(pattern: string): Promise<void> {
    const { store } = this
    if (store.invalidateMatching === undefined)
      throw new RemoteUnavailableError('The remote store cannot invalidate by pattern.')
    // No deadline for the whole: each page of the scan has its own, kept by the store.
    await this.#guarded('invalidateMatching', async (call) => store.invalidateMatching!(pattern, call))
  }

  async clear(): Promise<void> {
    if (this.store.clear === undefined) throw new RemoteUnavailableError('The remote store cannot be cleared.')
    await this.#call('clear', (call) => this.store.clear!(call))
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

  /** Whether tagged entries may be written there. */
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

  async close(): Promise<void> {
    this.#deadlines.clear()
    await this.store.close()
  }

  #batcher<I, R>(
    operation: string,
    run: (inputs: readonly I[], call: { deadlineAt: number }) => Promise<readonly R[]>,
  ): Batcher<I, R> {
    return new Batcher(this.#deadlines, (inputs, deadlineAt) =>
      this.#guarded(operation, (call) => run(inputs, call), deadlineAt),
    )
  }

  /** One call with a deadline of its own. */
  #call<R>(operation: string, run: (call: { deadlineAt: number }) => Promise<R>): Promise<R> {
    const deadlineAt = this.deadline()
    return new Promise((resolve, reject) => {
      const timed = {
        deadlineAt,
        settled: false,
        expire: () =>
          reject(new RemoteTimeoutError(`The remote store did not answer \`${operation}\` before the deadline.`)),
      }
      this.#deadlines.add(timed)
      this.#guarded(operation, run, deadlineAt)
        .then(resolve, reject)
        .finally(() => this.#deadlines.settle(timed))
    })
  }

  async #guarded<R>(
    operation: string,
    run: (call: { deadlineAt: number }) => Promise<R>,
    deadlineAt: number = this.deadline(),
  ): Promise<R> {
    try {
      if (!this.isCoherent && this.#journal.size > 0) await this.#replay(deadlineAt)
      return await run({ deadlineAt })
    } catch (error) {
      this.#failed(operation, error)
      throw error
    }
  }

  // A store with sessions asks for the journal when one opens; for one without, what was missed goes before anything else.
  async #replay(deadlineAt: number): Promise<void> {
    const journalled = this.#journal.take()
    if (journalled === undefined) return
    try {
      const { store } = this
      const call = { deadlineAt }
      if (journalled.all && store.clear !== undefined) await store.clear(call)
      if (journalled.keys.length > 0) await store.deleteMany(journalled.keys, call)
      if (journalled.tags.length > 0) await store.invalidateTags?.(journalled.tags, call)
    } catch (error) {
      this.#journal.restore(journalled)
      throw error
    }
  }
}
