import { InvalidOptionError, systemClock, type RemoteStore } from '@holdfast/core'
import { ClusterStore } from './cluster-store.ts'
import { randomIds } from './ids.ts'
import { ioredisClusterConnector, isCluster, type RedisCluster } from './ioredis-cluster.ts'
import { ioredisConnector, type RedisServer } from './ioredis-connector.ts'
import { Keyspace } from './keyspace.ts'
import { parseOptions, type RedisStoreOptions } from './options.ts'
import { pooled } from './pooled-link.ts'
import { slotOf } from './slot.ts'
import { Store } from './store.ts'

/**
 * A remote tier on Redis 6.2 or newer: one server, a primary that Sentinels watch, or a Redis Cluster. Opens its connections when it is first
 * used or listened to: one for data, and one that listens; in a cluster two to each primary.
 *
 * @param server a URL, options of ioredis, `{ cluster: [nodes] }`, or an ioredis client of yours, which is copied and never used itself
 * @throws {InvalidOptionError} when an option cannot be used, and for a client with `keyPrefix`
 */
export function redisStore(server: RedisServer | RedisCluster, options: RedisStoreOptions = {}): RemoteStore {
  const parsed = parseOptions(options)
  const surroundings = { clock: systemClock, ids: randomIds(), random: Math.random }
  if (!isCluster(server)) {
    const connector = pooled(ioredisConnector(server, parsed.connectMs), parsed.connections)
    return new Store(connector, parsed, surroundings)
  }
  if (parsed.onRestart === 'replay')
    throw new InvalidOptionError("Expected `onRestart` to be 'epoch' or 'trust' for a Redis Cluster, got 'replay'.")
  const { epoch, runs } = new Keyspace(parsed.prefix)
  if (slotOf(epoch) !== slotOf(runs))
    throw new InvalidOptionError(
      `Expected \`prefix\` without \`{}\` for a Redis Cluster, got ${JSON.stringify(parsed.prefix)}: with it braces mean nothing, and keys that belong together lie apart.`,
    )
  return new ClusterStore(ioredisClusterConnector(server, parsed.connectMs), parsed, surroundings)
}
