import {
  createKit,
  type Alerts,
  type CacheInvalidator,
  type CacheStatus,
  type CacheWrapper,
  type Duration,
  type KitOptions,
  type Stats,
} from 'holdfast'

import { watchCache } from './alerting.ts'
import { CacheKeys, CacheTags } from './keys.ts'

/** Which tiers stand in front of the database; `off`: none, every request is a query. */
export type CacheMode = 'off' | 'memory' | 'redis' | 'tiered'

/** Also the caches that scenarios must see fail. */
export type ApiMode = CacheMode | 'naive' | 'leaky'

/** What the API asks of its cache, whoever made it. */
export interface ApiCache {
  readonly mode: ApiMode
  readonly cacheWrapper: CacheWrapper
  readonly CacheInvalidator: Pick<CacheInvalidator<{}>, 'invalidateByTags'>
  readonly cacheStatus: CacheStatus
  /** Resolves when Redis has answered, or would not in time. The API works before; its first answers would be misses. */
  connect(): Promise<unknown>
  /** Makes keys stale, as if their ttl were over. */
  expire(keys: readonly string[]): Promise<unknown>
  /** `undefined` where nothing is counted. */
  stats(): Stats | undefined
  /** `undefined` where nothing is watched. */
  readonly alerts: Alerts | undefined
  close(): Promise<void>
}

/** Opens the cache of a mode. */
export async function openCache(mode: ApiMode, env: NodeJS.ProcessEnv): Promise<ApiCache> {
  if (mode === 'naive') return (await import('../controls/naive-cache.ts')).openNaiveCache(env)
  if (mode === 'leaky') return (await import('../controls/leaky-cache.ts')).openLeakyCache(env)
  return openKitCache(mode, env)
}

/** The cache with the tiers of a mode: the batteries, told by the environment where Redis is. */
export function openKitCache(mode: CacheMode, env: NodeJS.ProcessEnv): ApiCache {
  const kit = createKit({
    name: 'local-power',
    keys: CacheKeys,
    tags: CacheTags,
    env: { REDIS_KEY_PREFIX: 'localpower:', ...env },
    // For the scenario that looks at them: stale-while-revalidate, and one load for all processes.
    defaults: {
      ...(env['API_SWR'] === '1' ? { grace: '1m', softTimeout: '0ms' } : {}),
      ...(env['API_FLEET'] === '1' ? { fleetSingleFlight: true } : {}),
    },
    maxStaleness: (env['API_MAX_STALENESS'] ?? '5m') as Duration,
    ...parts[mode],
  })
  const alerts = mode === 'off' ? undefined : watchCache(kit.cache, env)
  return {
    ...kit,
    mode,
    alerts,
    connect: () => (mode === 'off' ? Promise.resolve() : kit.CacheMonitor.healthCheck()),
    expire: (names) => kit.cache.expire(names),
    stats: () => (mode === 'off' ? undefined : kit.cache.stats()),
    close: () => {
      alerts?.close()
      return kit.close()
    },
  }
}

const parts: Readonly<Record<CacheMode, KitOptions>> = {
  off: { bypass: true, memory: false, remote: false },
  memory: { remote: false },
  redis: { memory: false },
  tiered: {},
}
