import { createCache, type Cache, type CacheOptions, type Entry, type MemoryStore } from '@holdfast/core'
import { onTestFinished } from 'vitest'

/** A memory tier without a bound. */
function mapStore(): MemoryStore {
  const entries = new Map<string, Entry>()
  return {
    get: (key) => entries.get(key),
    set: (key, entry) => void entries.set(key, entry),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    keys: () => entries.keys(),
    get size() {
      return entries.size
    },
  }
}

/** A cache in memory alone, closed when the test ends. */
export function memoryCache(options: CacheOptions = {}): Cache {
  const cache = createCache({ memory: mapStore(), ...options })
  onTestFinished(() => cache.close())
  return cache
}
