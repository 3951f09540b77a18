export { RawConnection, type RawConnectionOptions } from './connection.ts'
export { freePort } from './free-port.ts'
export { provideRedisServer, type ProvideRedisOptions } from './provide.ts'
export { RedisReplyError, type RespReply } from './resp.ts'
export {
  startRedis,
  type RedisServer,
  type RestartOptions,
  type StartRedisOptions,
  type TextReply,
} from './start-redis.ts'
