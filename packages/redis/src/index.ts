export type { RedisServer } from './ioredis-connector.ts'
export type { OnRestart, RedisStoreOptions } from './options.ts'
export { redisStore } from './redis-store.ts'
export { examineRedis, type RedisExamination, type RedisRight } from './examine.ts'
