import { startFaultProxy, type FaultProxy } from '../proxy/start-fault-proxy.ts'
import { startCluster, type RedisCluster } from '../redis/start-cluster.ts'
import { startRedis, type RedisServer } from '../redis/start-redis.ts'
import { startSentinels, type RedisSentinels } from '../redis/start-sentinels.ts'
import { serverName } from './server-name.ts'
import type { FaultPlace } from './subject.ts'

/** The user that the applications sign in as, where there is one server. */
export const app = { username: 'app', password: 'secret-of-the-app' } as const

/** What a row needs to be played on. */
export interface GroundPlan {
  /** A cluster of three primaries with a replica each, or a primary with a replica and three Sentinels. @default one server */
  readonly topology?: 'cluster' | 'sentinels'
  /** Directives of the one server's configuration. */
  readonly config?: Readonly<Record<string, string | number>>
  /** The one server is addressed by a name that can vanish. */
  readonly isNamed?: boolean
}

/** The servers that a row is played on, and the way to them. */
export interface Ground {
  /** Where the applications find it: through what may fail. */
  readonly place: FaultPlace
  /** Where it is without what may fail on the way. */
  readonly direct: FaultPlace
  /** One server behind a proxy, … */
  readonly single: { readonly redis: RedisServer; readonly proxy: FaultProxy } | undefined
  /** … a cluster, … */
  readonly cluster: RedisCluster | undefined
  /** … or a primary that Sentinels watch. */
  readonly sentinels: RedisSentinels | undefined
}

/** Starts what is needed; it ends with the stack. */
export async function openGround(plan: GroundPlan, stack: AsyncDisposableStack): Promise<Ground> {
  const nothing = { single: undefined, cluster: undefined, sentinels: undefined }
  if (plan.topology === 'cluster') {
    const cluster = stack.use(await startCluster())
    const place = { redisUrl: cluster.nodes[0]!.url, cluster: cluster.seeds }
    return { ...nothing, cluster, place, direct: place }
  }
  if (plan.topology === 'sentinels') {
    const sentinels = stack.use(await startSentinels())
    const { name, addresses } = sentinels
    const place = { redisUrl: sentinels.servers[0]!.url, sentinels: { sentinels: [...addresses], name } }
    return { ...nothing, sentinels, place, direct: place }
  }
  const user = `${app.username} on >${app.password} ~* &* +@all`
  const redis = stack.use(await startRedis({ config: { ...plan.config, user } }))
  const sign = `${app.username}:${app.password}`
  const proxy = stack.use(await startFaultProxy({ port: redis.port, url: `redis://${sign}@127.0.0.1` }))
  const redisUrl = plan.isNamed === true ? `redis://${sign}@${serverName}:${proxy.port}` : proxy.url()
  const direct = { redisUrl: `redis://${sign}@127.0.0.1:${redis.port}` }
  return { ...nothing, single: { redis, proxy }, place: { redisUrl }, direct }
}
