import { LRUCache } from 'lru-cache'

import { online, type Policy } from './policy.ts'

/** The library most services use, as it is. */
export const lruCache: Policy = online('lru-cache', (capacity) => {
  const cache = new LRUCache<number, true>({ max: capacity })
  return (key) => {
    if (cache.get(key) !== undefined) return true
    cache.set(key, true)
    return false
  }
})
