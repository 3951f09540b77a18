import type { Namespace } from '@holdfast/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Engine } from './engine.ts'
import { serve } from './node-serve.ts'
import type { CacheResponseOptions } from './options.ts'

/** What is used of a request of Express. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly baseUrl: string
}

/** A middleware, as Express 5 takes it. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * A middleware of Express 5 that caches what comes after it: `app.use(cacheResponse(cache, options))`, or for one route. Header fields that
 * stand before it are not stored: put what differs for each request (CORS, request ids) there.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(cache: Namespace, options: CacheResponseOptions = {}): ExpressMiddleware {
  const engine = new Engine(cache, options)
  return (request, response, next) => {
    serve(engine, request, response, () => next(), targetOf(request)).catch(next)
  }
}

/** What the client asked for; and, where something has rewritten it since, what the routes see instead. */
function targetOf({ originalUrl, baseUrl, url = '' }: ExpressRequest): string {
  const seen = `${baseUrl}${url}`
  // Of what a middleware is mounted at, Express leaves '/', with the query after it.
  const isWhole = seen === originalUrl || (/^\/(\?|$)/.test(url) && `${baseUrl}${url.slice(1)}` === originalUrl)
  return isWhole ? originalUrl : `${originalUrl} ${seen}`
}
