import {
  createKit,
  type CacheInvalidator,
  type CacheStatus,
  type CacheWrapper,
  type KitOptions,
  type Stats,
} from 'holdfast'

import { CacheKeys, CacheTags } from './keys.ts'

/** Which tiers stand in front of the database; `off`: none, every request is a query. */
export type CacheMode = 'off' | 'memory' | 'redis' | 'tiered'

/** What the API asks of its cache, whoever made it. */
export interface ApiCache {
  readonly mode: string
  readonly cacheWrapper: CacheWrapper
  readonly CacheInvalidator: Pick<CacheInvalidator<{}>, 'invalidateByTags'>
  readonly cacheStatus: CacheStatus
  /** Resolves when Redis has answered, or would not in time. The API works before; its first answers would be misses. */
  connect(): Promise<unknown>
  /** Makes keys stale, as if their ttl were over. */
  expire(keys: readonly string[]): Promise<unknown>
  /** `undefined` where nothing is counted. */
  stats(): Stats | undefined
  close(): Promise<void>
}

/** Opens the cache with the tiers of a mode: the batteries, told by the environment where Redis is. */
export function openCache(mode: CacheMode, env: NodeJS.ProcessEnv): ApiCache {
  const kit = createKit({
    name: 'local-power',
    keys: CacheKeys,
    tags: CacheTags,
    env: { REDIS_KEY_PREFIX: 'localpower:', ...env },
    ...parts[mode],
  })
  return {
    ...kit,
    mode,
    connect: () => (mode === 'off' ? Promise.resolve() : kit.CacheMonitor.healthCheck()),
    expire: (names) => kit.cache.expire(names),
    stats: () => (mode === 'off' ? undefined : kit.cache.stats()),
  }
}

const parts: Readonly<Record<CacheMode, KitOptions>> = {
  off: { bypass: true, memory: false, remote: false },
  memory: { remote: false },
  redis: { memory: false },
  tiered: {},
}
