import type { CacheWrapper } from './cache-wrapper.ts'
import { defaultKit } from './default-kit.ts'
import type { CacheInvalidator as Invalidator } from './invalidator.ts'
import type { CacheWarmer as Warmer } from './kit-warmer.ts'
import type { CacheMonitor as Monitor } from './monitor.ts'
import type { CacheStatus } from './status-route.ts'
import type { CachedMethod, WithCacheOptions } from './with-cache.ts'

/** As `createKit().cacheWrapper`, of the kit that the environment alone makes, on first use. */
export const cacheWrapper: CacheWrapper = (key, load, options) => defaultKit().cacheWrapper(key, load, options)

/** As `createKit().withCache`. */
export function withCache(options?: WithCacheOptions): CachedMethod {
  return defaultKit().withCache(options)
}

export const CacheInvalidator: Invalidator<{}> = {
  invalidateByTags: (tags) => defaultKit().CacheInvalidator.invalidateByTags(tags),
  invalidateByPattern: (pattern) => defaultKit().CacheInvalidator.invalidateByPattern(pattern),
  invalidateKeys: (keys) => defaultKit().CacheInvalidator.invalidateKeys(keys),
}

export const CacheMonitor: Monitor = {
  getStats: () => defaultKit().CacheMonitor.getStats(),
  healthCheck: () => defaultKit().CacheMonitor.healthCheck(),
}

/** The kit that the environment makes has nothing to warm: that needs a `createKit({ warm })`. */
export const CacheWarmer: Warmer = {
  warmCache: (options) => defaultKit().CacheWarmer.warmCache(options),
  get isRunning() {
    return defaultKit().CacheWarmer.isRunning
  },
  get last() {
    return defaultKit().CacheWarmer.last
  },
}

export const cacheStatus: CacheStatus = {
  GET: (request) => defaultKit().cacheStatus.GET(request),
  POST: (request) => defaultKit().cacheStatus.POST(request),
}
