import type { Cache } from '@holdfast/core'
import { memoryStore } from '@holdfast/memory'
import {
  createCacheHandler as createHandler,
  createIsrCacheHandler as createIsrHandler,
  type IsrHandlerClass,
  type IsrHandlerOptions,
  type NextHandlerOptions,
  type UseCacheHandler,
} from '@holdfast/next'
import { createKit } from './create-kit.ts'

export type * from '@holdfast/next'

/** A handler's options, where the cache need not be given. */
type WithoutCache<O extends NextHandlerOptions> = Omit<O, 'cache'> & Partial<Pick<O, 'cache'>>

/**
 * Makes a handler of `'use cache'`, for `cacheHandlers` of `next.config`: on the cache that the environment makes (`REDIS_URL` …), unless
 * another is given.
 *
 * @throws {InvalidOptionError} that names the variable or option
 */
export function createCacheHandler(options: WithoutCache<NextHandlerOptions> = {}): UseCacheHandler {
  return createHandler({ ...options, cache: options.cache ?? environmentCache() })
}

/**
 * Makes a handler of pages, routes, `fetch` and images, for `cacheHandler` of `next.config`: on the cache that the environment makes
 * (`REDIS_URL` …), unless another is given.
 *
 * @throws {InvalidOptionError} that names the variable or option
 */
export function createIsrCacheHandler(options: WithoutCache<IsrHandlerOptions> = {}): IsrHandlerClass {
  return createIsrHandler({ ...options, cache: options.cache ?? environmentCache() })
}

/** One for both handlers, besides that of the application's own kit. Pages are large: memory is bounded in bytes. */
function environmentCache(): Cache {
  const isBounded = (process.env['CACHE_MAX_MEMORY'] ?? '').trim() !== ''
  return createKit({ name: 'next', ...(isBounded ? {} : { memory: () => memoryStore({ maxBytes: '50mb' }) }) }).cache
}
