import { Deadlines, type InvalidationListener, type ListenOptions } from '@holdfast/core'
import { ClusterNodes } from './cluster-nodes.ts'
import { ClusterWatch } from './cluster-watch.ts'
import { Keyspace } from './keyspace.ts'
import type { ClusterConnector, Connector } from './link.ts'
import { Node } from './node.ts'
import type { ParsedOptions } from './options.ts'
import { listenerOf } from './part-journal.ts'
import type { Surroundings } from './store.ts'
import { pooled } from './pooled-link.ts'
import { Suspects } from './suspects.ts'
import type { TagLife } from './tag-life.ts'

/** What the sessions with the nodes of a cluster are made of. */
export interface ClusterParts {
  readonly connector: ClusterConnector
  readonly parsed: ParsedOptions
  readonly surroundings: Surroundings
  readonly tagLife: TagLife
  readonly listener: InvalidationListener | undefined
  readonly options: ListenOptions
}

/** Makes what looks for the nodes of a cluster, and the nodes as they are found. */
export function makeNodes(parts: ClusterParts): ClusterNodes {
  const { connector, parsed, surroundings, listener, options } = parts
  const keys = new Keyspace(parsed.prefix)
  const deadlines = new Deadlines(options.clock)
  const ground = { clock: options.clock, deadlines, answerMs: parsed.answerMs }
  return new ClusterNodes({
    connector,
    isListening: listener !== undefined,
    epochKey: keys.epoch,
    tagKey: (tag) => keys.tag(tag),
    makeNode: (id, to, nodes) => makeNode(parts, { id, to, nodes, deadlines }),
    state: (state, cause) => listener?.state?.(state, cause),
    watch: new ClusterWatch(connector, ground, surroundings.random),
  })
}

function makeNode(
  { parsed, surroundings, tagLife, listener, options }: ClusterParts,
  one: { readonly id: string; readonly to: Connector; readonly nodes: ClusterNodes; readonly deadlines: Deadlines },
): Node {
  const { id, to, nodes, deadlines } = one
  const { clock, maxStalenessMs, heartbeatMs } = options
  const keys = new Keyspace(parsed.prefix, id)
  const part = {
    hasKey: (key: string) => nodes.nodeOf(keys.key(key))?.view.id === id,
    hasTag: (tag: string) => nodes.nodeOf(keys.tag(tag))?.view.id === id,
    get isRoot() {
      return nodes.rootNode === id
    },
  }
  const told = {
    gap: () => listener?.gap(),
    state: (_: unknown, cause: unknown) => nodes.nodeChanged(cause as Error | undefined),
  }
  const ground = {
    keys,
    clock,
    deadlines,
    ids: surroundings.ids,
    listener: listener && listenerOf(listener, part, told),
    maxStalenessMs,
    maxTags: parsed.maxTags,
    // One key a command: keys of several slots in one are refused, and those of one slot while it moves.
    limits: { ...parsed.limits, maxKeys: 1 },
    tagLife,
    suspects: new Suspects(),
    believesRestarts: parsed.onRestart !== 'epoch',
    acknowledged: undefined,
    answerMs: parsed.answerMs,
    node: id,
    kin: nodes,
  }
  return new Node(ground, pooled(to, parsed.connections), {
    connectMs: parsed.connectMs,
    heartbeatMs: Math.min(heartbeatMs, maxStalenessMs / 3),
    random: surroundings.random,
  })
}
