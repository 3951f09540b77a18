import { equalAt, RemoteUnavailableError, type RemoteState } from '@holdfast/core'
import { askEpoch } from './ask-epoch.ts'
import { viewIn, type Address, type ClusterView, type PrimaryView } from './cluster-view.ts'
import type { ClusterWatch } from './cluster-watch.ts'
import type { Exchange, Kin } from './session-ground.ts'
import type { ClusterConnector, Connector, Reply } from './link.ts'
import type { Node } from './node.ts'
import { followRedirections } from './redirect.ts'
import { refused } from './reply.ts'
import type { Session } from './session.ts'
import { slotCount, slotOf } from './slot.ts'

/** A primary of the cluster. */
export interface Member {
  readonly view: PrimaryView
  readonly node: Node
}

/** What the nodes of a cluster are made with. */
export interface ClusterTerms {
  readonly connector: ClusterConnector
  /** The Redis key of the epoch. */
  readonly epochKey: string
  readonly tagKey: (tag: string) => string
  /** Makes the node; does not connect. */
  readonly makeNode: (id: string, connector: Connector, nodes: ClusterNodes) => Node
  /** The nodes tell of their states. */
  readonly isListening: boolean
  /** The state of the whole has changed. */
  readonly state: (state: RemoteState, cause: Error | undefined) => void
  readonly watch: ClusterWatch
}

/** A view older than what is known is believed after so many: the cluster was made anew. */
const mostOutdated = 20

/**
 * The primaries of a cluster, each with its own sessions, and which of them has which slot: as the nodes tell with each heartbeat, and
 * whenever one cannot be used or sends a command on. Replicas are never read.
 */
export class ClusterNodes implements Kin {
  readonly #terms: ClusterTerms
  readonly #members = new Map<string, Member>()
  readonly #owners: (Member | undefined)[] = Array.from({ length: slotCount })
  readonly #rootSlot: number
  /** Run ids that the epoch has seen. */
  readonly #known = new Set<string>()
  #epoch = 0
  #outdated = 0
  #isStarted = false
  #isClosed = false
  readonly #settled = Promise.withResolvers<void>()
  #hasSettled = false
  #told: RemoteState = 'connecting'

  constructor(terms: ClusterTerms) {
    this.#terms = terms
    this.#rootSlot = slotOf(terms.epochKey)
    this.#hasSettled = !terms.isListening
  }

  get members(): readonly Member[] {
    return [...this.#members.values()]
  }

  get state(): RemoteState {
    if (this.#isClosed) return 'closed'
    const states = this.members.map(({ node }) => node.state)
    if (states.includes('ready')) return 'ready'
    const isAway = states.length === 0 ? this.#terms.watch.cause !== undefined : states.every((each) => each === 'away')
    return isAway ? 'away' : 'connecting'
  }

  /** Why it cannot be used, as far as is known. */
  get cause(): Error | undefined {
    return this.members.find(({ node }) => node.cause !== undefined)?.node.cause ?? this.#terms.watch.cause
  }

  /** Each node has been tried once. */
  get hasSettled(): boolean {
    return this.#hasSettled
  }

  /** The node that has a Redis key, as far as is known. */
  nodeOf(redisKey: string): Member | undefined {
    return this.#owners[slotOf(redisKey)]
  }

  member(id: string): Member | undefined {
    return this.#members.get(id)
  }

  get rootMember(): Member | undefined {
    return this.#owners[this.#rootSlot]
  }

  /** Looks for the nodes, and connects to each. */
  start(): void {
    if (this.#isStarted || this.#isClosed) return
    this.#isStarted = true
    this.#terms.watch.begin({
      open: () => this.members.flatMap(({ node }) => node.current ?? []),
      addresses: () => this.members.map(({ view }) => view),
      saw: (reply, asked) => this.saw(reply, asked),
      isWhole: () => this.#members.size > 0 && this.members.every(({ node }) => node.state === 'ready'),
      looked: () => this.nodeChanged(this.#terms.watch.cause),
    })
  }

  /** Resolves when it is known who has which slot. */
  async located(deadlineAt: number): Promise<void> {
    if (this.#isClosed) throw new RemoteUnavailableError('The store is closed.')
    this.start()
    if (this.#members.size === 0) await this.#terms.watch.look(deadlineAt)
  }

  /**
   * Resolves when each node has been tried once, as far as there is time: who begins before hears less, and a prefix that is new on a
   * cluster begins an epoch for each of its nodes.
   */
  async settled(deadlineAt: number): Promise<void> {
    await this.located(deadlineAt)
    if (this.#hasSettled) return
    await this.#terms.watch.halfway(this.#settled.promise, deadlineAt)
    this.#hasSettled = true
  }

  /** Looks for the nodes anew. */
  lookAgain(): void {
    this.#terms.watch.lookSoon()
  }

  /** Takes what a node says of the cluster. Tells whether it was of use. */
  saw(reply: Reply | undefined, asked: Address): boolean {
    const view = viewIn(reply, asked)
    if (view === undefined || this.#isClosed) return false
    if (view.epoch < this.#epoch && ++this.#outdated < mostOutdated) return false
    this.#outdated = 0
    this.#epoch = view.epoch
    this.#take(view)
    return true
  }

  /** A node has sent a command on. */
  moved(slot: number, to: Member): void {
    const from = this.#owners[slot]
    this.#owners[slot] = to
    if (from !== undefined && from !== to) from.node.vouching?.slotsChanged()
    this.lookAgain()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#terms.watch.close()
    for (const { node } of this.members) node.close()
    this.#enter('closed', undefined)
  }

  get rootNode(): string | undefined {
    return this.rootMember?.view.id
  }

  get root(): Session | undefined {
    return this.rootMember?.node.vouching
  }

  async openRoot(deadlineAt: number): Promise<Session> {
    await this.located(deadlineAt)
    const member = this.rootMember
    if (member === undefined) throw new RemoteUnavailableError('No node of the cluster has the slot of the epoch now.')
    return member.node.session(deadlineAt)
  }

  keeper(tag: string, from: Session): Session | undefined {
    const member = this.nodeOf(this.#terms.tagKey(tag))
    return member?.view.id === from.ground.node ? from : member?.node.vouching
  }

  forgetTags(names: readonly string[]): void {
    for (const { node } of this.members) node.vouching?.tags.invalidate(names)
  }

  async introduce(session: Session): Promise<void> {
    const { runId } = session
    if (session.root === session) await session.askEpoch()
    else if (!this.#known.has(runId)) {
      const root = await this.openRoot(session.ownDeadline())
      const id = await askEpoch({
        ground: root.ground,
        runId,
        isScriptless: root.isScriptless,
        announce: (what) => root.announce(what),
        exchange: (commands, deadlineAt) => root.exchange(commands, deadlineAt),
        ownDeadline: () => root.ownDeadline(),
      })
      const known = root.epoch.id
      if (id === undefined || known === undefined || !equalAt(known, 0, id)) root.everythingChanged()
    }
    this.#known.add(runId)
  }

  async confirm(session: Session): Promise<void> {
    const { node } = session.ground
    const [id, nodes] = await session.exchange(
      [
        ['CLUSTER', 'MYID'],
        ['CLUSTER', 'NODES'],
      ],
      session.ownDeadline(),
    )
    this.seen(session, nodes!)
    if (!Buffer.isBuffer(id)) throw refused(id)
    const other = this.members.find(({ view, node: each }) => view.id !== node && each.current !== undefined)
    // What it says of itself may be the past: one that was frozen finds out later that another has taken over.
    const [reply] = (await other?.node.current?.exchange([['CLUSTER', 'NODES']], session.ownDeadline())) ?? []
    if (reply !== undefined) this.saw(reply, other!.view)
    if (String(id) === node && this.#members.has(node)) return
    this.lookAgain()
    throw new RemoteUnavailableError('The node is no primary of the cluster any more.')
  }

  seen(session: Session, nodes: Reply): void {
    const member = this.#members.get(session.ground.node)
    const view = member && viewIn(nodes, member.view)
    if (member === undefined || view === undefined) return
    const { slots, givesTo } = view.own
    session.vouchedUntil = () => Math.min(...givesTo.map((id) => this.#vouchedBy(id)))
    const hasChanged = session.slots !== undefined && session.slots !== slots
    session.slots = slots
    if (hasChanged) session.slotsChanged()
    this.saw(nodes, member.view)
  }

  follow(session: Session, sent: Exchange): Promise<readonly Reply[]> {
    return followRedirections(this, session, sent)
  }

  /** A node can be used, or no longer. */
  nodeChanged(cause: Error | undefined): void {
    if (this.#isClosed) return
    if (this.members.some(({ node }) => node.state === 'away')) this.lookAgain()
    if (this.members.length > 0 && this.members.every(({ node }) => node.state !== 'connecting'))
      this.#settled.resolve()
    const { state } = this
    this.#enter(state, state === 'away' ? cause : undefined)
  }

  #vouchedBy(id: string): number {
    return this.#members.get(id)?.node.vouching?.belief.guard.goodUntil ?? Number.NEGATIVE_INFINITY
  }

  #take({ primaries }: ClusterView): void {
    const losers = new Set<Member>()
    for (const view of primaries) {
      const member = this.#memberFor(view)
      for (const [from, to] of view.slots) {
        for (let slot = from; slot <= to; slot++) {
          const owner = this.#owners[slot]
          if (owner === member) continue
          if (owner !== undefined) losers.add(owner)
          this.#owners[slot] = member
        }
      }
    }
    for (const loser of losers) loser.node.vouching?.slotsChanged()
    for (const [id, { node }] of this.#members) {
      if (primaries.some((primary) => primary.id === id)) continue
      this.#members.delete(id)
      node.close()
    }
    for (let slot = 0; slot < slotCount; slot++) {
      const owner = this.#owners[slot]
      if (owner !== undefined && this.#members.get(owner.view.id) !== owner) this.#owners[slot] = undefined
    }
  }

  #memberFor(view: PrimaryView): Member {
    const there = this.#members.get(view.id)
    if (there !== undefined && there.view.host === view.host && there.view.port === view.port) return there
    there?.node.close()
    const node = this.#terms.makeNode(view.id, this.#terms.connector.at(view), this)
    const member = { view, node }
    this.#members.set(view.id, member)
    node.start()
    return member
  }

  #enter(state: RemoteState, cause: Error | undefined): void {
    if (this.#told === state) return
    this.#told = state
    this.#terms.state(state, cause)
  }
}
