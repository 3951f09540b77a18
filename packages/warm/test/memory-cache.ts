import { createCache, type Cache, type CacheOptions } from '@holdfast/core'
import { mapStore } from '@holdfast/testing/simulation'
import { onTestFinished } from 'vitest'

/** A cache in memory alone, closed when the test ends. */
export function memoryCache(options: CacheOptions = {}): Cache {
  const cache = createCache({ memory: mapStore(), ...options })
  onTestFinished(() => cache.close())
  return cache
}
