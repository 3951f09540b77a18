import type { CheckedCache, CheckedCacheOptions, CheckedValue } from '../src/history/index.ts'
import { RawConnection } from '../src/redis/index.ts'

/** What most code that caches in Redis does: GET, load, SET; and DEL after a write. */
export async function createCacheFor({ redisUrl, prefix }: CheckedCacheOptions): Promise<CheckedCache> {
  const { hostname, port } = new URL(redisUrl)
  const redis = await RawConnection.open({ host: hostname, port: Number(port) })
  return {
    getOrSet: async (key, load) => {
      const text = await redis.send(['GET', prefix + key])
      if (Buffer.isBuffer(text)) return JSON.parse(text.toString()) as CheckedValue
      const value = await load()
      await redis.send(['SET', prefix + key, JSON.stringify(value), 'PX', 60_000])
      return value
    },
    delete: async (keys) => {
      await redis.send(['DEL', ...[keys].flat().map((key) => prefix + key)])
    },
    close: async () => redis.close(),
  }
}
