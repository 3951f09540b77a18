import type { Namespace } from '@holdfast/core'
import type { Request, RequestHandler } from 'express'
import { Engine } from './engine.ts'
import { serve } from './node-serve.ts'
import type { CacheResponseOptions } from './options.ts'

/**
 * A middleware of Express 5 that caches what comes after it: `app.use(cacheResponse(cache, options))`, or for one route. Header fields that
 * stand before it are not stored: put what differs for each request (CORS, request ids) there.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(cache: Namespace, options: CacheResponseOptions = {}): RequestHandler {
  const engine = new Engine(cache, options)
  return (request, response, next) => {
    serve(engine, request, response, () => next(), targetOf(request)).catch(next)
  }
}

/** What the client asked for; and, where something has rewritten it since, what the routes see instead. */
function targetOf({ originalUrl, baseUrl, url }: Request): string {
  const seen = `${baseUrl}${url}`
  return seen === originalUrl || seen === `${originalUrl}/` ? originalUrl : `${originalUrl} ${seen}`
}
