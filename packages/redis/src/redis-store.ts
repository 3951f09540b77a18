import { systemClock, type RemoteStore } from '@holdfast/core'
import { randomIds } from './ids.ts'
import { ioredisConnector, type RedisServer } from './ioredis-connector.ts'
import { parseOptions, type RedisStoreOptions } from './options.ts'
import { Store } from './store.ts'

/**
 * A remote tier on one Redis server, 6.2 or newer. Opens its connections when it is first used or listened to: one for data, and one
 * that listens.
 *
 * @param server a URL, options of ioredis, or an ioredis client of yours, which is copied and never used itself
 * @throws {InvalidOptionError} when an option cannot be used; for a Cluster or Sentinels; for a client with `keyPrefix`
 */
export function redisStore(server: RedisServer, options: RedisStoreOptions = {}): RemoteStore {
  const parsed = parseOptions(options)
  return new Store(ioredisConnector(server, parsed.connectMs), parsed, {
    clock: systemClock,
    ids: randomIds(),
    random: Math.random,
  })
}
