import type { Cache, CacheDescription, Stats } from '@holdfast/core'

/** What the cache of this process did since it was opened. */
export interface CacheStats {
  readonly hits: number
  readonly misses: number
  /** In percent: `'92.41%'`. */
  readonly hitRate: string
  /** Redis can be used now. The same as `redisConnected`. */
  readonly isConnected: boolean
  readonly redisConnected: boolean
  /** Entries that live in memory only because Redis could not take them; 0 while Redis is there. */
  readonly fallbackCacheSize: number
  /** All entries in memory. */
  readonly memoryCacheSize: number
  readonly memoryHits: number
  readonly redisHits: number
  /** Hits past their ttl, served because of their grace. */
  readonly staleHits: number
  readonly loads: number
  readonly loadErrors: number
  /** Reads that were answered by another's load. */
  readonly coalesced: number
  readonly invalidations: number
  readonly evictions: number
  readonly redisErrors: number
  /** Invalidations that wait for the return of Redis. */
  readonly queuedInvalidations: number
}

/** Whether the cache works. */
export interface CacheHealth {
  /** `degraded`: the application works, with less than it was given. `unhealthy`: nothing is cached. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  /** Redis answered. */
  readonly redis: boolean
  /** A Redis is configured, and memory carries on without it. */
  readonly fallback: boolean
  /** A round trip to Redis, in milliseconds; `null` when there was none. */
  readonly latency: number | null
  /** Why it is not healthy, each as a sentence. */
  readonly problems: readonly string[]
}

/** Looks at the cache. */
export interface CacheMonitor {
  getStats(): Promise<CacheStats>
  /** Asks Redis, within the deadline of every call. Never rejects because of Redis. */
  healthCheck(): Promise<CacheHealth>
}

/** A cache to look at, that may not have been opened yet, or may be closed. */
export interface CacheSource {
  readonly isClosed: boolean | Promise<boolean>
  get(): Cache
}

export function cacheMonitor(source: CacheSource): CacheMonitor {
  return {
    getStats: async () => statsOf(source.get().stats()),
    healthCheck: () => healthOf(source),
  }
}

function statsOf(stats: Stats): CacheStats {
  const redisConnected = stats.shared.remote?.state === 'ready'
  return {
    hits: stats.hits,
    misses: stats.misses,
    hitRate: `${(stats.hitRatio * 100).toFixed(2)}%`,
    isConnected: redisConnected,
    redisConnected,
    fallbackCacheSize: stats.shared.fallbackEntries,
    memoryCacheSize: stats.shared.memoryEntries,
    memoryHits: stats.memoryHits,
    redisHits: stats.remoteHits,
    staleHits: stats.staleHits,
    loads: stats.loads,
    loadErrors: stats.loadErrors,
    coalesced: stats.coalesced,
    invalidations: stats.invalidations,
    evictions: stats.shared.evictions,
    redisErrors: stats.shared.remoteErrors,
    queuedInvalidations: stats.shared.journalEntries,
  }
}

async function healthOf(source: CacheSource): Promise<CacheHealth> {
  if (await source.isClosed)
    return { status: 'unhealthy', redis: false, fallback: false, latency: null, problems: ['The cache is closed.'] }
  const cache = source.get()
  const latency = await cache.ping().then(
    (ms) => ms,
    () => undefined,
  )
  return judge(cache.describe(), latency)
}

function judge({ memory, remote }: CacheDescription, pingMs: number | undefined): CacheHealth {
  const latency = pingMs === undefined ? null : Math.round(pingMs * 100) / 100
  if (remote === undefined) {
    return memory
      ? { status: 'healthy', redis: false, fallback: false, latency, problems: [] }
      : {
          status: 'unhealthy',
          redis: false,
          fallback: false,
          latency,
          problems: ['There is neither memory nor Redis.'],
        }
  }
  if (latency === null) {
    const problems = [`Redis does not answer (${remote.name}).`]
    return { status: memory ? 'degraded' : 'unhealthy', redis: false, fallback: memory, latency, problems }
  }
  if (remote.coherence === 'max-staleness') {
    const problems = ['Invalidations of other processes are not heard: memory is only as fresh as its bound says.']
    return { status: 'degraded', redis: true, fallback: false, latency, problems }
  }
  return { status: 'healthy', redis: true, fallback: false, latency, problems: [] }
}
