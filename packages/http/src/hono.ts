import type { Namespace } from '@holdfast/core'
import type { MiddlewareHandler } from 'hono'
import { askOf, responseOf } from './cache-response.ts'
import { Engine } from './engine.ts'
import type { CacheResponseOptions } from './options.ts'
import { webOrigin } from './web-origin.ts'

/**
 * A middleware of Hono 4 that caches what comes after it: `app.use(cacheResponse(cache, options))`, or for some paths.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(cache: Namespace, options: CacheResponseOptions = {}): MiddlewareHandler {
  const engine = new Engine(cache, options)
  return async (c, next) => {
    const handle = async (request: Request): Promise<Response> => {
      c.req.raw = request
      await next()
      return c.res
    }
    const reply = await engine.respond(askOf(c.req.raw), webOrigin(c.req.raw, handle, false))
    // Setting a response onto another would mix their fields.
    c.res = undefined
    c.res = responseOf(reply)
  }
}
