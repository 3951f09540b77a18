export { cacheResponse, type WebHandler } from './cache-response.ts'
export type { CacheResponseOptions } from './options.ts'
export type { CachedRequest, CachedResponse, HeaderReader } from './request.ts'
export type { Normalize, Vary } from './vary.ts'
