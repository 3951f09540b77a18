import type {
  Fill,
  Guard,
  Invalidation,
  InvalidationListener,
  Lease,
  LeaseRequest,
  ListenOptions,
  RemoteCall,
  RemoteDescription,
  RemoteEntry,
  RemoteInfo,
  RemoteRead,
  RemoteStore,
  RemoteWrite,
  Settlement,
  Stored,
  TakenLease,
} from '@holdfast/core'
import { askEach, noOwner } from './ask-each.ts'
import type { ClusterNodes } from './cluster-nodes.ts'
import { describeCluster } from './describe-cluster.ts'
import { fillIn, releaseIn } from './fill.ts'
import { askInfo, sumOf } from './info.ts'
import { holdKeys, removeKeys, renewEpoch, renewTags } from './invalidate.ts'
import { Keyspace } from './keyspace.ts'
import { leaseIn } from './lease.ts'
import type { ClusterConnector } from './link.ts'
import { makeNodes } from './make-nodes.ts'
import { changeOn, readOn } from './node-calls.ts'
import type { Node } from './node.ts'
import type { ParsedOptions } from './options.ts'
import { entriesAmong, removeMatching, scanPage } from './pattern.ts'
import { refused } from './reply.ts'
import type { Session } from './session.ts'
import { unasked, type Surroundings } from './store.ts'
import { TagLife } from './tag-life.ts'
import { expireIn, setIn, settleIn } from './write.ts'

/** The guard of what nobody tells of. */
const unvouched: Guard = { goodUntil: 0 }

/**
 * The contract of a remote tier on a cluster: each key's part of a batch in the session with the node that has it. A call that
 * concerns several nodes rejects when one of them cannot do its part; who wants them to fail alone asks `partOf` and calls for each.
 */
export class ClusterStore implements RemoteStore {
  readonly #connector: ClusterConnector
  readonly #options: ParsedOptions
  readonly #surroundings: Surroundings
  readonly #tagLife = new TagLife()
  readonly #keys: Keyspace
  #nodes: ClusterNodes
  #listening: { readonly listener: InvalidationListener | undefined; readonly options: ListenOptions }
  #isClosed = false

  constructor(connector: ClusterConnector, options: ParsedOptions, surroundings: Surroundings) {
    this.#connector = connector
    this.#options = options
    this.#surroundings = surroundings
    this.#keys = new Keyspace(options.prefix)
    this.#listening = { listener: undefined, options: { ...unasked, clock: surroundings.clock } }
    this.#nodes = this.#makeNodes()
  }

  partOf(what: 'key' | 'tag', name: string): string | undefined {
    return this.#nodes.nodeOf(what === 'key' ? this.#keys.key(name) : this.#keys.tag(name))?.view.id
  }

  getMany(keys: readonly string[], { deadlineAt }: RemoteCall): Promise<readonly RemoteRead[]> {
    return this.#each(keys, this.#keyOf, deadlineAt, (node, some) => readOn(node, some, deadlineAt))
  }

  setMany(writes: readonly RemoteWrite[], { deadlineAt }: RemoteCall): Promise<readonly Stored[]> {
    return this.#each(writes, this.#ofKeyed, deadlineAt, (node, some) =>
      changeOn(node, { what: keysOf(some), deadlineAt }, (session) => setIn(session, some, deadlineAt)),
    )
  }

  async deleteMany(keys: readonly string[], { deadlineAt }: RemoteCall, holdMs = 0): Promise<void> {
    await this.#each(keys, this.#keyOf, deadlineAt, (node, names) =>
      changeOn(node, { what: { type: 'keys', names }, deadlineAt }, async (session) => {
        if (holdMs > 0) await holdKeys(session, names, holdMs, deadlineAt)
        else await removeKeys(session, names, deadlineAt)
        return []
      }),
    )
  }

  lease(
    requests: readonly LeaseRequest[],
    { deadlineAt }: RemoteCall,
  ): Promise<readonly (Lease | RemoteEntry | TakenLease)[]> {
    return this.#each(requests, this.#ofKeyed, deadlineAt, async (node, some) =>
      leaseIn(await node.session(deadlineAt), some, deadlineAt),
    )
  }

  fill(fills: readonly Fill[], { deadlineAt }: RemoteCall): Promise<readonly Stored[]> {
    return this.#each(
      fills,
      ({ write }) => this.#keys.key(write.key),
      deadlineAt,
      async (node, some) => fillIn(await node.session(deadlineAt), some, deadlineAt),
    )
  }

  async release(
    leases: readonly { readonly key: string; readonly lease: Lease }[],
    { deadlineAt }: RemoteCall,
  ): Promise<void> {
    await releaseIn(leases, deadlineAt)
  }

  settle(settlements: readonly Settlement[], { deadlineAt }: RemoteCall): Promise<readonly Stored[]> {
    return this.#each(settlements, this.#ofKeyed, deadlineAt, (node, some) =>
      changeOn(node, { what: keysOf(some), deadlineAt }, (session) => settleIn(session, some, deadlineAt)),
    )
  }

  async expire(keys: readonly string[], { deadlineAt }: RemoteCall): Promise<void> {
    await this.#each(keys, this.#keyOf, deadlineAt, (node, names) =>
      changeOn(node, { what: { type: 'keys', names }, deadlineAt }, async (session) => {
        await expireIn(session, names, deadlineAt)
        return []
      }),
    )
  }

  async invalidateTags(tags: readonly string[], { deadlineAt }: RemoteCall): Promise<void> {
    await this.#each(
      tags,
      (tag) => this.#keys.tag(tag),
      deadlineAt,
      (node, names) =>
        changeOn(node, { what: { type: 'tags', names }, deadlineAt }, async (session) => {
          await renewTags(session, names, deadlineAt)
          return []
        }),
    )
  }

  async invalidateMatching(pattern: string, { deadlineAt }: RemoteCall): Promise<void> {
    const { clock } = this.#listening.options
    const pageMs = Math.max(1, deadlineAt - clock.now())
    await this.#nodes.located(deadlineAt)
    // A node whose slots are on their way while it is walked through may have given away what it had not shown: all are walked through.
    await Promise.all(
      this.#nodes.members.map(({ node }) =>
        changeOn(node, { what: { type: 'pattern', pattern }, deadlineAt }, (session) =>
          removeMatching(session, pattern, pageMs),
        ),
      ),
    )
  }

  async clear({ deadlineAt }: RemoteCall): Promise<void> {
    await this.#nodes.located(deadlineAt)
    const node = this.#nodes.rootMember?.node
    if (node === undefined) throw noOwner()
    this.#nodes.root?.forgetEpoch()
    node.forgetEpoch()
    await changeOn(node, { what: { type: 'all' }, deadlineAt }, (session) => renewEpoch(session, deadlineAt))
    node.forgetEpoch()
    node.current?.askEpoch().catch(() => undefined)
  }

  async *scan(pattern: string): AsyncIterable<readonly string[]> {
    const { clock } = this.#listening.options
    const { answerMs } = this.#options
    await this.#nodes.located(clock.now() + answerMs)
    for (const { node } of this.#nodes.members) {
      let cursor: string | undefined
      do {
        const session = await node.session(clock.now() + answerMs)
        const page = await scanPage(session, pattern, clock.now() + answerMs, cursor)
        const isEntry = page.keys.length === 0 ? [] : await entriesAmong(session, page.keys, clock.now() + answerMs)
        const names = page.names.filter((_, index) => isEntry[index])
        if (names.length > 0) yield names
        cursor = page.next
      } while (cursor !== undefined)
    }
  }

  listen(listener: InvalidationListener, options: ListenOptions): () => void {
    this.#nodes.close()
    this.#listening = { listener, options }
    const nodes = this.#makeNodes()
    this.#nodes = nodes
    if (this.#isClosed) nodes.close()
    else nodes.start()
    return () => {
      nodes.close()
      if (this.#nodes !== nodes || this.#isClosed) return
      this.#listening = { listener: undefined, options: { ...unasked, clock: options.clock } }
      this.#nodes = this.#makeNodes()
    }
  }

  guard(key: string): Guard {
    if (this.#listening.listener === undefined) return { goodUntil: Number.POSITIVE_INFINITY }
    const session = this.#nodes.nodeOf(this.#keys.key(key))?.node.vouching
    if (session === undefined || session.hearing === 'refused') return unvouched
    return session.ownGuards[0]!
  }

  async barrier(key: string, { deadlineAt }: RemoteCall): Promise<void> {
    await this.#nodes.located(deadlineAt)
    const own = this.#nodes.nodeOf(this.#keys.key(key))?.node
    if (own === undefined) throw noOwner()
    const session = await own.session(deadlineAt)
    // What the others have announced is heard too, where they can be heard: its slot may be on its way.
    const others = this.#nodes.members.flatMap(({ node }) => node.current ?? []).filter((each) => each !== session)
    const heard = others.map((each) => (each === session.root ? each.barrier(deadlineAt) : quietly(each, deadlineAt)))
    await Promise.all([session.barrier(deadlineAt), ...heard])
  }

  async ping({ deadlineAt }: RemoteCall, part?: string): Promise<number> {
    const { clock } = this.#listening.options
    await this.#nodes.located(deadlineAt)
    const nodes = this.#partsOf(part)
    const sentAt = clock.now()
    await Promise.all(
      nodes.map(async (node) => {
        const [reply] = await (await node.session(deadlineAt)).exchange([['PING']], deadlineAt)
        if (!Buffer.isBuffer(reply)) throw refused(reply)
      }),
    )
    return clock.now() - sentAt
  }

  async info({ deadlineAt }: RemoteCall): Promise<RemoteInfo> {
    await this.#nodes.located(deadlineAt)
    const told = this.#nodes.members.map(async ({ node }) => askInfo(await node.session(deadlineAt), deadlineAt))
    return sumOf(await Promise.all(told))
  }

  async reopen(part?: string): Promise<void> {
    const { clock } = this.#listening.options
    await this.#nodes.located(clock.now() + this.#options.connectMs + this.#options.answerMs)
    await Promise.all(this.#partsOf(part).map((node) => node.reopen()))
  }

  describe(): RemoteDescription {
    return describeCluster(this.#nodes, this.#connector, this.#options.prefix, this.#listening.listener !== undefined)
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#nodes.close()
    return Promise.resolve()
  }

  readonly #keyOf = (key: string): string => this.#keys.key(key)
  readonly #ofKeyed = ({ key }: { readonly key: string }): string => this.#keys.key(key)

  /** A part that is no node any more is the whole: there is nothing else to ask. */
  #partsOf(part: string | undefined): readonly Node[] {
    const member = part === undefined ? undefined : this.#nodes.member(part)
    return member === undefined ? this.#nodes.members.map(({ node }) => node) : [member.node]
  }

  #each<I, O>(
    items: readonly I[],
    keyOf: (item: I) => string,
    deadlineAt: number,
    ask: (node: Node, items: readonly I[]) => Promise<readonly O[]>,
  ): Promise<readonly O[]> {
    return askEach(this.#nodes, { items, keyOf, deadlineAt }, ask)
  }

  #makeNodes(): ClusterNodes {
    return makeNodes({
      ...this.#listening,
      connector: this.#connector,
      parsed: this.#options,
      surroundings: this.#surroundings,
      tagLife: this.#tagLife,
    })
  }
}

function keysOf(items: readonly { readonly key: string }[]): Invalidation {
  return { type: 'keys', names: items.map(({ key }) => key) }
}

function quietly(session: Session, deadlineAt: number): Promise<void> {
  return session.barrier(deadlineAt).catch(() => undefined)
}
