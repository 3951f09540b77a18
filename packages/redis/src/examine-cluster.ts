import { RemoteUnavailableError } from '@holdfast/core'
import { answerMs, Asker } from './asker.ts'
import { viewIn, type Address, type ClusterView, type PrimaryView } from './cluster-view.ts'
import { examineAt, type RedisExamination } from './examine.ts'
import { ioredisClusterConnector, type RedisCluster } from './ioredis-cluster.ts'
import { Keyspace } from './keyspace.ts'
import { ReplyError, type ClusterConnector, type Reply } from './link.ts'
import { refused, unavailable } from './reply.ts'
import { slotCount } from './slot.ts'

/** A primary of a cluster, and what a look at it found. */
export interface NodeExamination {
  /** Host and port, as the cluster tells them. */
  readonly address: string
  /** How many slots it has. */
  readonly slots: number
  /** How many replicas it has that are not known to be down. */
  readonly replicas: number
  /** What was found; an error when it cannot be used. */
  readonly found: RedisExamination | Error
}

/** What a look at a cluster found. */
export interface ClusterExamination {
  /** The nodes that it was asked for by, without credentials. */
  readonly address: string
  /** Slots that no primary has, of 16,384: their keys can be neither read nor stored. */
  readonly slotsMissing: number
  readonly nodes: readonly NodeExamination[]
}

/**
 * Looks at each primary of a cluster as the store would use it, one after another; see {@link examineRedis}.
 *
 * @param cluster as for `redisStore`
 * @throws {InvalidOptionError} when it is no cluster that the store can use
 * @throws {RemoteUnavailableError} when none of the given nodes tells its cluster; `cause` says why the last one does not
 */
export async function examineCluster(
  cluster: RedisCluster,
  { prefix = 'holdfast:' }: { readonly prefix?: string } = {},
): Promise<ClusterExamination> {
  const connector = ioredisClusterConnector(cluster, answerMs)
  const { view, replicas } = await firstView(connector)
  const nodes: NodeExamination[] = []
  for (const primary of view.primaries) {
    const found = await examineAt(connector.at(primary), new Keyspace(prefix, primary.id), primary.slots).catch(
      (error: unknown) => error as Error,
    )
    nodes.push({
      address: `${primary.host}:${primary.port}`,
      slots: slotsOf(primary),
      replicas: replicas.get(primary.id) ?? 0,
      found,
    })
  }
  return {
    address: connector.seeds.map(({ host, port }) => `${host}:${port}`).join(','),
    slotsMissing: slotCount - view.primaries.reduce((sum, primary) => sum + slotsOf(primary), 0),
    nodes,
  }
}

interface Seen {
  readonly view: ClusterView
  /** By the id of their primary. */
  readonly replicas: ReadonlyMap<string, number>
}

async function firstView(connector: ClusterConnector): Promise<Seen> {
  let cause: unknown
  for (const seed of connector.seeds) {
    try {
      const reply = await askNodes(connector, seed)
      const view = viewIn(reply, seed)
      if (view !== undefined) return { view, replicas: replicasIn(reply) }
      cause = reply instanceof ReplyError ? refused(reply) : new RemoteUnavailableError('It is no node of a cluster.')
    } catch (error) {
      cause = error
    }
  }
  throw unavailable(cause)
}

async function askNodes(connector: ClusterConnector, seed: Address): Promise<Reply | undefined> {
  const link = connector.at(seed).connect()
  const asker = new Asker(link)
  try {
    await asker.within(link.opened)
    return await asker.ask(['CLUSTER', 'NODES'])
  } finally {
    link.close()
  }
}

function slotsOf({ slots }: PrimaryView): number {
  return slots.reduce((sum, [from, to]) => sum + to - from + 1, 0)
}

function replicasIn(reply: Reply | undefined): ReadonlyMap<string, number> {
  const replicas = new Map<string, number>()
  for (const line of String(reply).split('\n')) {
    const [, , flags, primary] = line.split(' ')
    if (flags === undefined || primary === undefined) continue
    const words = flags.split(',')
    if (words.includes('slave') && !words.some((flag) => flag.startsWith('fail')))
      replicas.set(primary, (replicas.get(primary) ?? 0) + 1)
  }
  return replicas
}
