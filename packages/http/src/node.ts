import type { Namespace } from '@holdfast/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Engine } from './engine.ts'
import { serve } from './node-serve.ts'
import type { CacheResponseOptions } from './options.ts'

/** A listener of `node:http`. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Caches what listeners of `node:http` send: `createServer(cacheResponse(cache, options)(listener))`. What the listener throws, or rejects
 * with, is an uncaught exception, as it would be without a cache.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(
  cache: Namespace,
  options: CacheResponseOptions = {},
): (listener: Listener) => (request: IncomingMessage, response: ServerResponse) => void {
  const engine = new Engine(cache, options)
  return (listener) => (request, response) => {
    serve(engine, request, response, () => listener(request, response)).catch((error: unknown) =>
      process.nextTick(() => {
        throw error
      }),
    )
  }
}
