import type { Clock, Deadlines, Guard, Invalidation, InvalidationListener } from '@holdfast/core'
import type { Acknowledged } from './acknowledged.ts'
import type { Belief } from './belief.ts'
import type { BatchLimits } from './chunks.ts'
import type { Epoch } from './epoch.ts'
import type { IdSource } from './ids.ts'
import type { Keyspace } from './keyspace.ts'
import type { Command, Reply } from './link.ts'
import type { RedisTime } from './redis-time.ts'
import type { Suspects } from './suspects.ts'
import type { TagLife } from './tag-life.ts'
import type { TagTable } from './tag-table.ts'

/**
 * What a session hears. `all`: every announcement. `nothing`: its subscriber connection is lost, and being replaced. `refused`: the
 * server lets it not listen. `unasked`: nobody wants to hear.
 */
export type Hearing = 'all' | 'nothing' | 'refused' | 'unasked'

/** What a server says of itself. */
export interface ServerFacts {
  /** The ids of the data connections there; none when it does not tell. */
  readonly clientIds: readonly number[]
  /** Names one life of one server process: another one is not believed about the past. */
  readonly runId: string
  /** Such as `7.0.15`; empty when it does not tell. */
  readonly version: string
  readonly time: RedisTime
}

/** What all sessions with one server share. */
export interface SessionGround {
  readonly keys: Keyspace
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly ids: IdSource
  readonly listener: InvalidationListener | undefined
  readonly maxStalenessMs: number
  readonly maxTags: number
  readonly limits: BatchLimits
  readonly tagLife: TagLife
  readonly suspects: Suspects
  /** A server that restarted is believed about the past. */
  readonly believesRestarts: boolean
  /** What is invalidated again where a server restarted; absent when nothing is. */
  readonly acknowledged: Acknowledged | undefined
  /** How long a command of the session's own may take, in milliseconds. */
  readonly answerMs: number
  /** The id of the node in its cluster; empty where there is one server. */
  readonly node: string
  /** The sessions with the other nodes of a cluster; absent where there is one server. */
  readonly kin: Kin | undefined
}

/** A session, as those with other nodes of its cluster see it. */
export interface Relative {
  readonly ground: SessionGround
  readonly me: string
  readonly runId: string
  readonly isOpen: boolean
  readonly isScriptless: boolean
  lacksNxGet: boolean
  readonly ownHearing: Hearing
  readonly hearing: Hearing
  readonly ownEpoch: Epoch
  readonly epoch: Epoch
  readonly root: Relative | undefined
  readonly tags: TagTable
  readonly belief: Belief
  readonly time: RedisTime
  readonly ownGuards: readonly Guard[]
  readonly onFailed: (cause: Error) => void
  slots: string | undefined
  vouchedUntil: () => number
  announce(what: Invalidation): readonly Command[]
  exchange(commands: readonly Command[], deadlineAt: number): Promise<readonly Reply[]>
  exchangeOn(commands: readonly Command[], deadlineAt: number, hops: number): Promise<readonly Reply[]>
  ownDeadline(): number
  askEpoch(): Promise<void>
  forgetEpoch(): void
  everythingChanged(): void
  slotsChanged(): void
  barrier(deadlineAt: number): Promise<void>
}

/**
 * The sessions of one store with the nodes of a cluster, as one of them sees the others: the epoch is kept by one node, a tag by the
 * node of its own key, and what is vouched for by one is worth no more than the sessions of all that it depends on.
 */
export interface Kin {
  /** The id of the node of the epoch. */
  readonly rootNode: string | undefined
  /** The session with it: the open one, or the last. */
  readonly root: Relative | undefined
  /** The open session with the node of the epoch. Rejects by the deadline, or when there is none. */
  openRoot(deadlineAt: number): Promise<Relative>
  /** The session with the node of a tag, the open one or the last; `from` itself where it is its own. */
  keeper(tag: string, from: Relative): Relative | undefined
  /** A tag was invalidated somewhere: whichever session knows it, by whichever node it was announced. */
  forgetTags(names: readonly string[]): void
  /** Makes a node's incarnation known to the epoch: an unknown one begins a new epoch. */
  introduce(session: Relative): Promise<void>
  /** Whether the node that this connection leads to is still a primary, in the eyes of others. Rejects when it is not. */
  confirm(session: Relative): Promise<void>
  /** What a node says of the cluster and of itself (CLUSTER NODES). */
  seen(session: Relative, nodes: Reply): void
  /** Sends what was answered with MOVED, ASK or TRYAGAIN where it belongs. */
  follow(session: Relative, sent: Exchange): Promise<readonly Reply[]>
}

/** Commands with what became of them so far. */
export interface Exchange {
  readonly commands: readonly Command[]
  readonly replies: readonly Reply[]
  readonly deadlineAt: number
  /** How often they have been sent on already. */
  readonly hops: number
}
