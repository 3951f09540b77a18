import { Cluster, Redis } from 'ioredis'
import type { FaultPlace, FaultSubject, FaultSubjectOptions, FaultValue } from '../../src/faults/index.ts'

/** What most code that caches in Redis does, on a client as it comes: GET, load, SET; DEL after a write; a set of keys for each tag. */
export function openFaultSubject({ prefix, ...place }: FaultSubjectOptions): FaultSubject {
  const redis = clientOf(place)
  redis.on('error', () => undefined)
  const setOf = (tag: string): string => `${prefix}tag-set:${tag}`
  const parse = (text: string | null): FaultValue | undefined =>
    text === null ? undefined : (JSON.parse(text) as FaultValue)
  const put = async (key: string, value: FaultValue): Promise<unknown> =>
    redis.set(prefix + key, JSON.stringify(value), 'PX', 60_000)
  const getMany = async (keys: readonly string[]): Promise<Map<string, FaultValue>> => {
    const texts =
      redis instanceof Cluster
        ? await Promise.all(keys.map((key) => redis.get(prefix + key)))
        : await redis.mget(keys.map((key) => prefix + key))
    return new Map(keys.flatMap((key, at) => (texts[at] == null ? [] : [[key, parse(texts[at])!] as const])))
  }
  const remove = async (keys: readonly string[]): Promise<unknown> => Promise.all(keys.map((key) => redis.del(key)))
  return {
    get: async (key) => parse(await redis.get(prefix + key)),
    getOrSet: async (key, load, options) => {
      const found = parse(await redis.get(prefix + key))
      if (found !== undefined) return found
      const value = await load()
      await put(key, value)
      for (const tag of options?.tags ?? []) await redis.sadd(setOf(tag), prefix + key)
      return value
    },
    getMany,
    getOrSetMany: async (keys, load) => {
      const found = await getMany(keys)
      const missing = keys.filter((key) => !found.has(key))
      if (missing.length === 0) return found
      for (const [key, value] of await load(missing)) {
        await put(key, value)
        found.set(key, value)
      }
      return found
    },
    set: put,
    delete: (key) => redis.del(prefix + key),
    invalidateTags: async (tags) => {
      for (const tag of tags) {
        const keys = await redis.smembers(setOf(tag))
        await remove([setOf(tag), ...keys])
      }
    },
    clear: async () => {
      const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis]
      await remove((await Promise.all(nodes.map((node) => node.keys(`${prefix}*`)))).flat())
    },
    close: async () => {
      await redis.quit()
    },
  }
}

function clientOf({ redisUrl, cluster, sentinels }: FaultPlace): Redis | Cluster {
  if (cluster !== undefined) return new Cluster([...cluster])
  return sentinels === undefined ? new Redis(redisUrl) : new Redis(sentinels)
}
