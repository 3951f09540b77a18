import { defaultKit } from './default-kit.ts'
import type { KitCache } from './kit-cache.ts'

/** Direct access to the cache that the environment alone makes, on first use. */
export const Cache: KitCache = {
  set: (key, data, ttl, tags) => defaultKit().Cache.set(key, data, ttl, tags),
  get: (key) => defaultKit().Cache.get(key),
  remember: (key, load, ttl, tags) => defaultKit().Cache.remember(key, load, ttl, tags),
  getMany: (keys) => defaultKit().Cache.getMany(keys),
  setMany: (entries, ttl, tags) => defaultKit().Cache.setMany(entries, ttl, tags),
  delete: (keys) => defaultKit().Cache.delete(keys),
  has: (key) => defaultKit().Cache.has(key),
  clear: () => defaultKit().Cache.clear(),
}

/** Closes the cache of the default kit, if it was used. */
export function close(): Promise<void> {
  return defaultKit().close()
}
