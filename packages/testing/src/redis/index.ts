export { RawConnection, type RawConnectionOptions } from './connection.ts'
export { freePort } from './free-port.ts'
export { provideRedisServer, type ProvideRedisOptions } from './provide.ts'
export { RedisReplyError, type RespReply } from './resp.ts'
export type { SlotMove } from './slot-move.ts'
export { startCluster, type RedisCluster, type StartClusterOptions } from './start-cluster.ts'
export {
  startRedis,
  type RedisServer,
  type RestartOptions,
  type StartRedisOptions,
  type TextReply,
} from './start-redis.ts'
export { startSentinels, type RedisSentinels, type StartSentinelsOptions } from './start-sentinels.ts'
export type { Authority } from './certificate.ts'
export type { TlsEnd } from './tls-end.ts'
