import {
  Deadlines,
  type Clock,
  type Fill,
  type Guard,
  type Invalidation,
  type InvalidationListener,
  type Lease,
  type LeaseRequest,
  type ListenOptions,
  type RemoteCall,
  type RemoteDescription,
  type RemoteEntry,
  type RemoteInfo,
  type RemoteRead,
  type RemoteStore,
  type RemoteWrite,
  type Settlement,
  type Stored,
  type TakenLease,
} from '@holdfast/core'
import { Acknowledged } from './acknowledged.ts'
import { describe } from './describe.ts'
import { fillIn, releaseIn } from './fill.ts'
import type { IdSource } from './ids.ts'
import { holdKeys, removeKeys, renewEpoch, renewTags } from './invalidate.ts'
import { Keyspace } from './keyspace.ts'
import { leaseIn } from './lease.ts'
import { askInfo } from './info.ts'
import type { Connector } from './link.ts'
import { changeOn, readOn } from './node-calls.ts'
import { Node } from './node.ts'
import type { ParsedOptions } from './options.ts'
import { Suspects } from './suspects.ts'
import { entriesAmong, removeMatching, scanPage } from './pattern.ts'
import { refused } from './reply.ts'
import type { Session } from './session.ts'
import { TagLife } from './tag-life.ts'
import { expireIn, setIn, settleIn } from './write.ts'

/** What a store takes from outside besides its connections. */
export interface Surroundings {
  /** Until the store is listened to; then the cache's. */
  readonly clock: Clock
  readonly ids: IdSource
  /** Numbers from 0 to 1. */
  readonly random: () => number
}

/** Memory is believed for ever by who does not listen: there is none. */
export const unasked: ListenOptions = {
  clock: undefined as never,
  maxStalenessMs: Number.POSITIVE_INFINITY,
  heartbeatMs: 3_000,
}

/** The guard of what nobody tells of: long past, though nothing has changed that is known. */
const unvouched: Guard = { goodUntil: 0 }

/** The contract of a remote tier, each method in the session that is open. */
export class Store implements RemoteStore {
  readonly #connector: Connector
  readonly #options: ParsedOptions
  readonly #surroundings: Surroundings
  readonly #tagLife = new TagLife()
  #node: Node
  #isClosed = false

  constructor(connector: Connector, options: ParsedOptions, surroundings: Surroundings) {
    this.#connector = connector
    this.#options = options
    this.#surroundings = surroundings
    this.#node = this.#makeNode(undefined, { ...unasked, clock: surroundings.clock })
  }

  getMany(keys: readonly string[], { deadlineAt }: RemoteCall): Promise<readonly RemoteRead[]> {
    return keys.length === 0 ? Promise.resolve([]) : readOn(this.#node, keys, deadlineAt)
  }

  setMany(writes: readonly RemoteWrite[], call: RemoteCall): Promise<readonly Stored[]> {
    if (writes.length === 0) return Promise.resolve([])
    const what = { type: 'keys', names: writes.map(({ key }) => key) } as const
    return this.#change(call, what, (session) => setIn(session, writes, call.deadlineAt))
  }

  deleteMany(keys: readonly string[], call: RemoteCall, holdMs?: number): Promise<void> {
    if (keys.length === 0) return Promise.resolve()
    return this.#change(call, { type: 'keys', names: keys }, (session) =>
      holdMs === undefined || holdMs <= 0
        ? removeKeys(session, keys, call.deadlineAt)
        : holdKeys(session, keys, holdMs, call.deadlineAt),
    )
  }

  async lease(
    requests: readonly LeaseRequest[],
    { deadlineAt }: RemoteCall,
  ): Promise<readonly (Lease | RemoteEntry | TakenLease)[]> {
    return leaseIn(await this.#node.session(deadlineAt), requests, deadlineAt)
  }

  async fill(fills: readonly Fill[], { deadlineAt }: RemoteCall): Promise<readonly Stored[]> {
    return fillIn(await this.#node.session(deadlineAt), fills, deadlineAt)
  }

  async release(
    leases: readonly { readonly key: string; readonly lease: Lease }[],
    { deadlineAt }: RemoteCall,
  ): Promise<void> {
    await releaseIn(leases, deadlineAt)
  }

  settle(settlements: readonly Settlement[], call: RemoteCall): Promise<readonly Stored[]> {
    const what = { type: 'keys', names: settlements.map(({ key }) => key) } as const
    return this.#change(call, what, (session) => settleIn(session, settlements, call.deadlineAt))
  }

  expire(keys: readonly string[], call: RemoteCall): Promise<void> {
    if (keys.length === 0) return Promise.resolve()
    return this.#change(call, { type: 'keys', names: keys }, (session) => expireIn(session, keys, call.deadlineAt))
  }

  invalidateTags(tags: readonly string[], call: RemoteCall): Promise<void> {
    if (tags.length === 0) return Promise.resolve()
    return this.#change(call, { type: 'tags', names: tags }, (session) => renewTags(session, tags, call.deadlineAt))
  }

  invalidateMatching(pattern: string, call: RemoteCall): Promise<void> {
    const pageMs = Math.max(1, call.deadlineAt - this.#node.ground.clock.now())
    return this.#change(call, { type: 'pattern', pattern }, (session) => removeMatching(session, pattern, pageMs))
  }

  async clear(call: RemoteCall): Promise<void> {
    this.#node.forgetEpoch()
    await this.#change(call, { type: 'all' }, (session) => renewEpoch(session, call.deadlineAt))
    this.#node.forgetEpoch()
    this.#node.current?.askEpoch().catch(() => undefined)
  }

  async *scan(pattern: string): AsyncIterable<readonly string[]> {
    const { clock, answerMs } = this.#node.ground
    let cursor: string | undefined
    do {
      const session = await this.#node.session(clock.now() + answerMs)
      const page = await scanPage(session, pattern, clock.now() + answerMs, cursor)
      const isEntry = page.keys.length === 0 ? [] : await entriesAmong(session, page.keys, clock.now() + answerMs)
      const names = page.names.filter((_, index) => isEntry[index])
      if (names.length > 0) yield names
      cursor = page.next
    } while (cursor !== undefined)
  }

  listen(listener: InvalidationListener, options: ListenOptions): () => void {
    this.#node.close()
    const node = this.#makeNode(listener, options)
    this.#node = node
    if (this.#isClosed) node.close()
    else node.start()
    return () => {
      node.close()
      if (this.#node === node && !this.#isClosed)
        this.#node = this.#makeNode(undefined, { ...unasked, clock: options.clock })
    }
  }

  guard(): Guard {
    const { ground, vouching } = this.#node
    if (ground.listener === undefined) return { goodUntil: Number.POSITIVE_INFINITY }
    return vouching === undefined || vouching.hearing === 'refused' ? unvouched : vouching.belief.guard
  }

  async barrier(_key: string, { deadlineAt }: RemoteCall): Promise<void> {
    const session = await this.#node.session(deadlineAt)
    await session.barrier(deadlineAt)
  }

  async ping({ deadlineAt }: RemoteCall): Promise<number> {
    const session = await this.#node.session(deadlineAt)
    const { clock } = this.#node.ground
    const sentAt = clock.now()
    const [reply] = await session.exchange([['PING']], deadlineAt)
    if (!Buffer.isBuffer(reply)) throw refused(reply)
    return clock.now() - sentAt
  }

  async info({ deadlineAt }: RemoteCall): Promise<RemoteInfo> {
    return askInfo(await this.#node.session(deadlineAt), deadlineAt)
  }

  reopen(): Promise<void> {
    return this.#node.reopen()
  }

  describe(): RemoteDescription {
    return describe(this.#node)
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#node.close()
    return Promise.resolve()
  }

  #change<T>({ deadlineAt }: RemoteCall, what: Invalidation, make: (session: Session) => Promise<T>): Promise<T> {
    return changeOn(this.#node, { what, deadlineAt }, make)
  }

  #makeNode(listener: InvalidationListener | undefined, listening: ListenOptions): Node {
    const { prefix, maxTags, limits, connectMs, answerMs, onRestart, replayWindowMs } = this.#options
    const { clock, maxStalenessMs, heartbeatMs } = listening
    const ground = {
      keys: new Keyspace(prefix),
      clock,
      deadlines: new Deadlines(clock),
      ids: this.#surroundings.ids,
      listener,
      maxStalenessMs,
      maxTags,
      limits,
      tagLife: this.#tagLife,
      suspects: new Suspects(),
      believesRestarts: onRestart !== 'epoch',
      acknowledged: onRestart === 'replay' ? new Acknowledged(clock, replayWindowMs) : undefined,
      answerMs,
      node: '',
      kin: undefined,
    }
    const options = {
      connectMs,
      heartbeatMs: Math.min(heartbeatMs, maxStalenessMs / 3),
      random: this.#surroundings.random,
    }
    return new Node(ground, this.#connector, options)
  }
}
