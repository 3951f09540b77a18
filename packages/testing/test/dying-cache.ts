import type { CheckedCache } from '../src/history/index.ts'

/** A cache with a bug that ends its process: a rejection that nobody handles. */
export function createCacheFor(): CheckedCache {
  setTimeout(() => void Promise.reject(new Error(`unhandled in pid ${process.pid}`)), 200)
  return {
    getOrSet: (_key, load) => load(),
    delete: async () => {},
    close: async () => {},
  }
}
