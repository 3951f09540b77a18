import type { FaultProxy } from '../proxy/start-fault-proxy.ts'
import type { Random } from '../random.ts'
import type { RedisCluster } from '../redis/start-cluster.ts'
import type { RedisServer } from '../redis/start-redis.ts'
import type { RedisSentinels } from '../redis/start-sentinels.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What faults can be done to. */
export interface Stage {
  readonly redis: RedisServer
  readonly cluster?: RedisCluster | undefined
  readonly sentinels?: RedisSentinels | undefined
  /** In front of every second worker. */
  readonly proxies: readonly FaultProxy[]
  readonly workers: readonly WorkerProcess[]
  /** What the caches' keys begin with. */
  readonly prefix: string
  readonly random: Random
}
