import { Redis } from 'ioredis'
import type { ApiCache } from '../app/cache.ts'

/**
 * What many applications have written by hand: read Redis, else load and write it, tags as sets of keys. No deadline, no breaker, no
 * memory, no lease: the control that scenarios must see fail.
 */
export function openNaiveCache(env: NodeJS.ProcessEnv): ApiCache {
  const redis = new Redis(env['REDIS_URL'] ?? '', { keyPrefix: 'naive:' })
  // Without a listener ioredis writes each failed attempt to the log.
  redis.on('error', () => {})
  return {
    mode: 'naive',
    cacheWrapper: async (key, load, { ttl, tags } = {}) => {
      const found = await redis.get(key)
      const context = { key, stale: false, age: 0, ttl: 0, tags: [] }
      if (found !== null)
        return { data: JSON.parse(found) as never, context: { ...context, hit: true, source: 'redis' } }
      const data = await load(undefined as never)
      await redis.setex(key, Number(ttl), JSON.stringify(data))
      for (const tag of tags as readonly string[]) await redis.sadd(`tag:${tag}`, key)
      return { data, context: { ...context, hit: false, source: 'loader' } }
    },
    CacheInvalidator: {
      invalidateByTags: async (tags) => {
        for (const tag of tags) {
          const keys = await redis.smembers(`tag:${tag}`)
          if (keys.length > 0) await redis.del(...keys, `tag:${tag}`)
        }
        return { reached: 'all', queued: false }
      },
    },
    cacheStatus: {
      GET: async () => Response.json({ status: (await redis.ping()) === 'PONG' ? 'healthy' : 'unhealthy' }),
      POST: () => Promise.resolve(new Response(null, { status: 403 })),
    },
    connect: () => redis.ping(),
    expire: (keys) => redis.del(...keys),
    stats: () => undefined,
    alerts: undefined,
    close: () => Promise.resolve(redis.disconnect()),
  }
}
