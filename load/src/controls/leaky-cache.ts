import { openKitCache, type ApiCache } from '../app/cache.ts'

/** The cache as it should be, in a process that forgets nothing it ever answered: the control of the soak. */
export function openLeakyCache(env: NodeJS.ProcessEnv): ApiCache {
  const cache = openKitCache('tiered', env)
  const kept: unknown[] = []
  return {
    ...cache,
    cacheWrapper: async (key, load, options) => {
      const answer = await cache.cacheWrapper(key, load, options)
      kept.push(structuredClone(answer))
      return answer
    },
  }
}
