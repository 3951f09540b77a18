import { checkNames, type Cache } from '@holdfast/core'
import { CallLog, toStderr, type WriteLine } from './call-log.ts'
import { hash } from './call-key.ts'
import { cacheWrapper, type CacheWrapper } from './cache-wrapper.ts'
import { parseEnvironment, type Environment } from './environment.ts'
import { cacheInvalidator, type CacheInvalidator } from './invalidator.ts'
import { kitCache, type KitCache } from './kit-cache.ts'
import type { KitDefaults } from './kit-read-options.ts'
import { cacheWarmer, type CacheWarmer, type KitWarming, type KitWarmJob } from './kit-warmer.ts'
import { cacheMonitor, type CacheMonitor } from './monitor.ts'
import { openCache, type CacheParts } from './open-cache.ts'
import type { KitBase } from './read-through.ts'
import { lazily, sharedCache } from './shared-cache.ts'
import { cacheStatus, type CacheStatus } from './status-route.ts'
import type { Variables } from './variables.ts'
import { checkKeys, checkTags, type KeyBuilders, type TagNames } from './vocabulary.ts'
import { withCache, type WithCache } from './with-cache.ts'

/** What an application says of its cache; where it says nothing, the environment does. */
export interface KitOptions<K extends KeyBuilders = KeyBuilders, T extends TagNames = TagNames> extends CacheParts {
  /** Functions that make the application's keys, by name. */
  readonly keys?: K
  /** The application's tags: `{ LEADS: 'leads' }`. Each gives an `invalidateLeads()`. */
  readonly tags?: T
  /** What holds for every read and write that does not say otherwise; a number is seconds. */
  readonly defaults?: KitDefaults
  /** What to load ahead of its readers: on start and again and again as the environment says, by `CacheWarmer` and by the status route. */
  readonly warm?: readonly KitWarmJob[]
  /** How gently it is loaded: loaders at once, rate, deadline, retries. */
  readonly warming?: KitWarming
  /** Call loaders each time and store nothing. @default SKIP_CACHE_DEV while NODE_ENV=development */
  readonly bypass?: boolean
  /** @default process.env */
  readonly env?: Variables
  /** Where the kit's log goes. @default stderr */
  readonly log?: WriteLine
}

const kitOptions: readonly (keyof KitOptions)[] = [
  'keys',
  'tags',
  'defaults',
  'warm',
  'warming',
  'bypass',
  'env',
  'log',
  'name',
  'memory',
  'remote',
  'maxStaleness',
  'clock',
]

/** An application's cache, in one object. Nothing is opened before it is used. */
export interface Kit<K extends KeyBuilders, T extends TagNames> {
  readonly Cache: KitCache
  readonly CacheKeys: Readonly<K>
  readonly CacheTags: Readonly<T>
  readonly cacheWrapper: CacheWrapper
  readonly withCache: WithCache
  readonly CacheInvalidator: CacheInvalidator<T>
  readonly CacheMonitor: CacheMonitor
  readonly CacheWarmer: CacheWarmer
  readonly cacheStatus: CacheStatus
  /** The cache beneath, with all that it can do. */
  readonly cache: Cache
  /** Closes the cache; everything that uses it rejects afterwards. */
  readonly close: () => Promise<void>
}

/**
 * Makes an application's cache from the environment: `REDIS_URL` (or `REDIS_HOST`, `REDIS_CLUSTER_NODES`, `REDIS_SENTINELS` …), `REDIS_KEY_PREFIX`, `CACHE_DEFAULT_TTL`, `CACHE_MAX_MEMORY`,
 * `SKIP_CACHE_DEV`, `CACHE_DEBUG`, `CACHE_WARM_ON_START`, `CACHE_WARM_INTERVAL`, `CACHE_ADMIN_TOKEN`.
 *
 * Kits of one prefix and environment share one cache, so that hot reloading opens no second connection; what the last of them warms is warmed.
 *
 * @throws {InvalidOptionError} that names the variable or option
 */
export function createKit<const K extends KeyBuilders = {}, const T extends TagNames = {}>(
  options: KitOptions<K, T> = {},
): Kit<K, T> {
  checkNames('options of a kit', options, kitOptions)
  const environment = parseEnvironment(options.env ?? process.env)
  const log = new CallLog(options.log ?? toStderr, environment.isDebugging)
  const tags = checkTags(options.tags ?? ({} as T))
  const shared = sharedCache(identityOf(environment, options), () => openCache(environment, options, log))
  const base: KitBase = {
    shared,
    log,
    isBypassed: options.bypass ?? environment.isBypassed,
    defaults: { ttl: environment.defaultTtlSeconds, ...options.defaults },
  }
  const monitor = cacheMonitor(shared)
  const { warm: jobs = [], warming } = options
  const warmer = cacheWarmer(base, { jobs, warming, times: environment.warmTimes })
  return {
    Cache: kitCache(base),
    CacheKeys: checkKeys(options.keys ?? ({} as K)),
    CacheTags: tags,
    cacheWrapper: cacheWrapper(base),
    withCache: withCache(base),
    CacheInvalidator: cacheInvalidator(base, tags),
    CacheMonitor: monitor,
    CacheWarmer: warmer,
    cacheStatus: cacheStatus(shared, { monitor, warmer, adminToken: environment.adminToken }),
    cache: lazily(shared),
    close: () => shared.close(),
  }
}

/** What two kits must have in common to share a cache. Hashed, as it holds a password. */
function identityOf(environment: Environment, { name, memory, remote, maxStaleness }: CacheParts): string {
  const { redis, prefix, maxMemoryBytes } = environment
  const made = [memory, remote].map((part) => (typeof part === 'function' ? 'made' : part))
  return hash(JSON.stringify([name, prefix, redis, maxMemoryBytes, made, maxStaleness]))
}
