import { InvalidOptionError } from '@holdfast/core'
import type { Cluster, ClusterNode, ClusterOptions, RedisOptions } from 'ioredis'
import { connectorTo, refuseKeyPrefix } from './ioredis-connector.ts'
import type { ClusterConnector } from './link.ts'

/** A Redis Cluster by some of its nodes: the others are found. */
export interface RedisClusterNodes {
  /** `host:port`, `redis://host:port`, or an object; at least one. Login and TLS are in `redisOptions`: the other nodes need them as well. */
  readonly cluster: readonly ClusterNode[]
  /** Login, TLS and the like, for every node. */
  readonly redisOptions?: RedisOptions
  /** Where nodes are for us whose addresses the cluster tells as it sees them. */
  readonly natMap?: ClusterOptions['natMap']
}

/** A Redis Cluster: some of its nodes, or a Cluster client of ioredis, which is copied and never used itself. */
export type RedisCluster = RedisClusterNodes | Cluster

interface Address {
  readonly host: string
  readonly port: number
}

/** Whether it is a cluster that is meant. By shape: an application may have another copy of ioredis than this package. */
export function isCluster(server: unknown): server is RedisCluster {
  if (typeof server !== 'object' || server === null) return false
  const { isCluster: isClient, duplicate } = server as { readonly isCluster?: boolean; readonly duplicate?: unknown }
  // Every client has a method `cluster`.
  return typeof duplicate === 'function' ? isClient === true : 'cluster' in server
}

/** @throws {InvalidOptionError} for one with `keyPrefix`, with SRV records, without nodes, or with a login in the URL of a node */
export function ioredisClusterConnector(cluster: RedisCluster, connectTimeoutMs: number): ClusterConnector {
  const { nodes, redisOptions, natMap } = partsOf(cluster)
  refuseKeyPrefix(redisOptions)
  const seeds = nodes.map(addressOf)
  if (seeds.length === 0) throw new InvalidOptionError('Expected at least one node of the Redis Cluster, got none.')
  return {
    seeds,
    at: (address) => connectorTo({ ...redisOptions, ...mapped(address, natMap) }, connectTimeoutMs),
  }
}

function isNodes(cluster: RedisCluster): cluster is RedisClusterNodes {
  return typeof (cluster as Partial<Cluster>).duplicate !== 'function'
}

interface Parts {
  readonly nodes: readonly ClusterNode[]
  readonly redisOptions: RedisOptions
  readonly natMap: ClusterOptions['natMap']
}

function partsOf(cluster: RedisCluster): Parts {
  if (isNodes(cluster)) {
    const { cluster: nodes, redisOptions = {}, natMap } = cluster
    if (!Array.isArray(nodes)) throw new InvalidOptionError('Expected `cluster` to be a list of nodes.')
    return { nodes, redisOptions, natMap }
  }
  // ioredis shows the nodes that it was given to nobody but itself.
  const { options, startupNodes } = cluster as unknown as {
    readonly options: ClusterOptions & { readonly keyPrefix?: string }
    readonly startupNodes: readonly ClusterNode[]
  }
  if (options.useSRVRecords === true)
    throw new InvalidOptionError(
      'Expected a Redis Cluster by addresses, got one with `useSRVRecords`: give the nodes as `{ cluster: [...] }`.',
    )
  const prefix = options.keyPrefix === undefined ? {} : { keyPrefix: options.keyPrefix }
  return { nodes: startupNodes, redisOptions: { ...options.redisOptions, ...prefix }, natMap: options.natMap }
}

function addressOf(node: ClusterNode): Address {
  if (typeof node === 'number') return { host: '127.0.0.1', port: node }
  if (typeof node === 'object') return { host: node.host ?? '127.0.0.1', port: node.port ?? 6379 }
  const text = node.includes('://') ? node : `redis://${node}`
  if (!URL.canParse(text) || new URL(text).hostname === '')
    throw new InvalidOptionError("Expected nodes of a Redis Cluster such as 'localhost:7000', got something else.")
  const { hostname, port, username, password, protocol } = new URL(text)
  if (username !== '' || password !== '' || protocol === 'rediss:')
    throw new InvalidOptionError(
      'Expected nodes of a Redis Cluster as host and port, got one with a login or `rediss:`: `redisOptions` says both for all nodes (`username`, `password`, `tls`).',
    )
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: port === '' ? 6379 : Number(port) }
}

function mapped({ host, port }: Address, natMap: ClusterOptions['natMap']): Address {
  const place = `${host}:${port}`
  const there = typeof natMap === 'function' ? natMap(place) : natMap?.[place]
  return there ?? { host, port }
}
