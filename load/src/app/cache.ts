import {
  base64,
  createKit,
  type CacheInvalidator,
  type CacheStatus,
  type CacheWrapper,
  type KitOptions,
  type Stats,
} from 'holdfast'

/** Which tiers stand in front of the database; `off`: none, every request is a query. */
export type CacheMode = 'off' | 'memory' | 'redis' | 'tiered'

const keys = {
  lead: (id: number) => `lead:${id}`,
  leadList: (query: string) => `leads:list:${base64(query)}`,
  leadSearch: (query: string) => `leads:search:${base64(query)}`,
  user: (id: number) => `user:${id}`,
  users: (page: number) => `users:list:${page}`,
  pricing: (region: string) => `pricing:${region}`,
  analytics: (report: string, region: string) => `analytics:${report}:${region}`,
} as const

const tags = { LEADS: 'leads', USERS: 'users', PRICING: 'pricing', ANALYTICS: 'analytics' } as const

/** The keys of the Local Power API, for whoever asks it and wants to know what it should answer with. */
export const CacheKeys: typeof keys = keys

export const CacheTags: typeof tags = tags

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
    keys,
    tags,
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
