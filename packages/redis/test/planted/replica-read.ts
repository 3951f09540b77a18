// A planted bug: entries are read from replicas, which serve what was invalidated a moment ago.
import { createCache, systemClock } from '@holdfast/core'
import type { CheckedCache, CheckedCacheOptions } from '@holdfast/testing/history'
import { ClusterStore } from '../../src/cluster-store.ts'
import { randomIds } from '../../src/ids.ts'
import { ioredisClusterConnector } from '../../src/ioredis-cluster.ts'
import type { ClusterConnector, Command, Connector, Link, Reply } from '../../src/link.ts'
import { parseOptions } from '../../src/options.ts'
import { mapStore } from '@holdfast/testing/simulation'

export function createCacheFor(options: CheckedCacheOptions): CheckedCache {
  const { cluster, prefix, maxStalenessMs, heartbeatMs } = options
  const parsed = parseOptions({ prefix })
  const connector = readingReplicas(ioredisClusterConnector({ cluster: cluster! }, parsed.connectMs))
  return createCache({
    memory: mapStore(),
    remote: new ClusterStore(connector, parsed, { clock: systemClock, ids: randomIds(), random: Math.random }),
    coherence: { maxStaleness: `${maxStalenessMs}ms`, heartbeat: `${heartbeatMs}ms` },
  })
}

function readingReplicas(cluster: ClusterConnector): ClusterConnector {
  return {
    seeds: cluster.seeds,
    at: (address) => {
      const connector = cluster.at(address)
      return { ...connector, connect: () => new ReplicaReader(connector, cluster) }
    },
  }
}

/** Sends a lone GET of an entry to a replica of its node, once one is known. */
class ReplicaReader implements Link {
  readonly #link: Link
  #replica: Link | undefined

  constructor(connector: Connector, cluster: ClusterConnector) {
    this.#link = connector.connect()
    void this.#findReplica(cluster).catch(() => undefined)
  }

  get opened(): Promise<void> {
    return this.#link.opened
  }

  get isOpen(): boolean {
    return this.#link.isOpen
  }

  set onClosed(closed: Link['onClosed']) {
    this.#link.onClosed = closed
  }

  async send(commands: readonly Command[]): Promise<readonly Reply[]> {
    const isRead = commands.every(([name, key]) => /^M?GET$/.test(name) && !String(key).includes('~'))
    const replies = isRead && this.#replica?.isOpen === true ? await this.#replica.send(commands) : undefined
    return replies?.some((reply) => reply instanceof Error) === false ? replies : this.#link.send(commands)
  }

  close(): void {
    this.#replica?.close()
    this.#link.close()
  }

  async #findReplica(cluster: ClusterConnector): Promise<void> {
    await this.#link.opened
    const [id, nodes] = await this.#link.send([
      ['CLUSTER', 'MYID'],
      ['CLUSTER', 'NODES'],
    ])
    const line = String(nodes)
      .split('\n')
      .find((each) => each.includes('slave') && each.split(' ')[3] === String(id))
    const [, host, port] = /^\w+ ([^:]+):(\d+)@/.exec(line!)!
    const replica = cluster.at({ host: host!, port: Number(port) }).connect()
    await replica.opened
    await replica.send([['READONLY']])
    this.#replica = replica
  }
}
