import { setTimeout as sleep } from 'node:timers/promises'
import { makeAuthority } from './certificate.ts'
import { freePort } from './free-port.ts'
import { PortTakenError } from './redis-process.ts'
import { peerPort, SlotMove } from './slot-move.ts'
import { startRedis, type RedisServer, type StartRedisOptions, type TextReply } from './start-redis.ts'

/** How a test's cluster is made. */
export interface StartClusterOptions extends Omit<StartRedisOptions, 'tls'> {
  /** The nodes speak TLS with each other, and with clients that do: {@link RedisCluster.tls}. @default false */
  readonly tls?: boolean
  /** At least 3, or nobody is a majority that may promote a replica. @default 3 */
  readonly primaries?: number
  /** Of each primary. @default 1 */
  readonly replicas?: number
  /** How long a node may be silent before it is taken for dead, in milliseconds. @default 1_000 */
  readonly nodeTimeoutMs?: number
}

/** A real Redis Cluster of a test. Its nodes die with the process that started them. */
export interface RedisCluster extends AsyncDisposable {
  /** All of them, primaries first as it was made. */
  readonly nodes: readonly RedisServer[]
  /** Where to begin to look for the others. */
  readonly seeds: readonly { readonly host: string; readonly port: number }[]
  /** The same with TLS, and the certificate that clients must trust; `undefined` when it was not asked for. */
  readonly tls: { readonly seeds: RedisCluster['seeds']; readonly ca: string } | undefined
  /** The nodes that are primaries with slots now, in the eyes of one that answers. */
  primaries(): Promise<readonly RedisServer[]>
  /** The primary that has a slot, or a key's slot, now. */
  ownerOf(keyOrSlot: string | number): Promise<RedisServer>
  /** A replica of that primary. */
  replicaOf(primary: RedisServer): Promise<RedisServer>
  /** The slot of a key, as Redis counts. */
  slotOf(key: string): Promise<number>
  /** Runs a command where its key is. */
  command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>
  /** Lets a replica take over from a primary that is alive; it becomes its replica. Resolves when it has. */
  failOver(primary: RedisServer): Promise<void>
  /** Resolves when every slot has a primary that answers, in the eyes of all that do, within 20 s. */
  settled(): Promise<void>
  /** Begins to move a slot to another primary: from here on keys that are not there any more are asked for with ASK. */
  beginMove(slot: number, to: RedisServer): Promise<SlotMove>
  /** Moves slots with all their keys, one after another. */
  move(slots: readonly number[], to: RedisServer): Promise<void>
  stop(): Promise<void>
}

const slots = 16_384

/**
 * Starts a cluster on free ports of 127.0.0.1, and resolves when it serves.
 *
 * @throws {Error} when a node does not start, or the cluster is not whole within 20 s
 */
export async function startCluster(options: StartClusterOptions = {}): Promise<RedisCluster> {
  const { primaries = 3, replicas = 1, nodeTimeoutMs = 1_000, tls = false, ...server } = options
  const authority = tls ? await makeAuthority() : undefined
  const starting = Array.from({ length: primaries * (1 + replicas) }, () =>
    startNode({
      ...server,
      ...(authority === undefined ? {} : { tls: authority }),
      config: {
        ...(tls ? { 'tls-cluster': 'yes', 'tls-replication': 'yes' } : {}),
        'cluster-enabled': 'yes',
        'cluster-config-file': 'nodes.conf',
        'cluster-node-timeout': nodeTimeoutMs,
        'cluster-replica-validity-factor': 0,
        'cluster-announce-ip': '127.0.0.1',
        ...server.config,
      },
    }),
  )
  const outcomes = await Promise.allSettled(starting)
  const nodes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const cluster = new OwnCluster(nodes)
  try {
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    await form(nodes, primaries)
    await cluster.settled()
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** Starts a node, with another port for its bus when somebody has taken that meanwhile. */
async function startNode(options: StartRedisOptions): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startRedis({ ...options, config: { 'cluster-port': await freePort(), ...options.config } })
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 5) throw error
    }
  }
}

/** Gives slots to the primaries, lets all meet, and makes the others replicas. */
async function form(nodes: readonly RedisServer[], primaries: number): Promise<void> {
  const ids = await Promise.all(nodes.map(idOf))
  await Promise.all(nodes.map((node, index) => node.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)))
  await Promise.all(
    nodes.slice(0, primaries).map((node, index) => {
      const from = Math.floor((index * slots) / primaries)
      const to = Math.floor(((index + 1) * slots) / primaries) - 1
      return node.command('CLUSTER', 'ADDSLOTSRANGE', from, to)
    }),
  )
  const [first, ...others] = nodes
  const busOf = async (node: RedisServer): Promise<string> =>
    ((await node.command('CONFIG', 'GET', 'cluster-port')) as string[])[1]!
  for (const other of others) await first!.command('CLUSTER', 'MEET', '127.0.0.1', peerPort(other), await busOf(other))
  await eventually(async () => {
    for (const node of nodes) {
      const known = await linesOf(node)
      if (known.length !== nodes.length || known.some(({ flags }) => flags.includes('handshake'))) return false
    }
    return true
  }, 'The nodes do not know each other')
  await Promise.all(
    nodes.slice(primaries).map((node, index) => node.command('CLUSTER', 'REPLICATE', ids[index % primaries]!)),
  )
}

class OwnCluster implements RedisCluster {
  readonly nodes: readonly RedisServer[]

  constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes
  }

  get seeds(): readonly { host: string; port: number }[] {
    return this.nodes.map(({ host, port }) => ({ host, port }))
  }

  get tls(): RedisCluster['tls'] {
    const ends = this.nodes.flatMap(({ host, tls }) => (tls === undefined ? [] : [{ host, ...tls }]))
    return ends[0] && { seeds: ends.map(({ host, port }) => ({ host, port })), ca: ends[0].ca }
  }

  async primaries(): Promise<readonly RedisServer[]> {
    const owners = (await this.#view()).filter(({ slots: own, flags }) => own.length > 0 && flags.includes('master'))
    return owners.map(({ port }) => this.#at(port))
  }

  async ownerOf(keyOrSlot: string | number): Promise<RedisServer> {
    const slot = typeof keyOrSlot === 'number' ? keyOrSlot : await this.slotOf(keyOrSlot)
    const owner = (await this.#view()).find(({ slots: own }) => own.some(([from, to]) => from <= slot && slot <= to))
    if (owner === undefined) throw new Error(`Nobody has slot ${slot}.`)
    return this.#at(owner.port)
  }

  async replicaOf(primary: RedisServer): Promise<RedisServer> {
    const view = await this.#view()
    const { id } = view.find(({ port }) => port === primary.port)!
    const replica = view.find(({ primary: of, flags }) => of === id && !flags.includes('fail'))
    if (replica === undefined) throw new Error(`The primary on port ${primary.port} has no replica that works.`)
    return this.#at(replica.port)
  }

  async slotOf(key: string): Promise<number> {
    return Number(await (await this.#alive()).command('CLUSTER', 'KEYSLOT', key))
  }

  async command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply> {
    return (await this.ownerOf(String(args[1]))).command(...args)
  }

  async failOver(primary: RedisServer): Promise<void> {
    const replica = await this.replicaOf(primary)
    await eventually(async () => {
      await replica.command('CLUSTER', 'FAILOVER').catch(() => undefined)
      await sleep(100)
      return /role:master/.test(String(await replica.command('INFO', 'replication')))
    }, 'The replica did not take over')
    await this.settled()
  }

  async settled(): Promise<void> {
    await eventually(async () => {
      for (const node of await this.#answering()) {
        if (!String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) return false
        const replication = String(await node.command('INFO', 'replication'))
        if (/role:slave/.test(replication) && !/master_link_status:up/.test(replication)) return false
      }
      return (await this.primaries()).every((primary) => primary.isRunning)
    }, 'The cluster is not whole')
  }

  async beginMove(slot: number, to: RedisServer): Promise<SlotMove> {
    return SlotMove.begin(this.nodes, slot, await this.ownerOf(slot), to)
  }

  async move(moved: readonly number[], to: RedisServer): Promise<void> {
    for (const slot of moved) {
      if ((await this.ownerOf(slot)) === to) continue
      const move = await this.beginMove(slot, to)
      await move.keys()
      await move.end()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #at(port: number): RedisServer {
    return this.nodes.find((node) => node.port === port)!
  }

  async #answering(): Promise<readonly RedisServer[]> {
    const answers = await Promise.all(this.nodes.map((node) => node.answers()))
    return this.nodes.filter((_, index) => answers[index])
  }

  async #alive(): Promise<RedisServer> {
    const [alive] = await this.#answering()
    if (alive === undefined) throw new Error('No node of the cluster answers.')
    return alive
  }

  async #view(): Promise<readonly NodeLine[]> {
    return linesOf(await this.#alive())
  }
}

/** A line of CLUSTER NODES. */
interface NodeLine {
  readonly id: string
  readonly port: number
  readonly flags: readonly string[]
  /** The id of its primary, or `-`. */
  readonly primary: string
  readonly slots: readonly (readonly [from: number, to: number])[]
}

async function linesOf(node: RedisServer): Promise<readonly NodeLine[]> {
  const text = String(await node.command('CLUSTER', 'NODES'))
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id, address, flags, primary, , , , , ...ranges] = line.split(' ')
      const own = ranges.filter((range) => !range.startsWith('[')).map((range) => range.split('-').map(Number))
      return {
        id: id!,
        port: Number(/:(\d+)@/.exec(address!)![1]),
        flags: flags!.split(','),
        primary: primary!,
        slots: own.map(([from, to]) => [from!, to ?? from!] as const),
      }
    })
}

async function idOf(node: RedisServer): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'))
}

export async function eventually(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const until = Date.now() + 20_000
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > until) throw new Error(`${otherwise} after 20 s.`)
    await sleep(20)
  }
}
