import type { Namespace } from '@holdfast/core'
import { askOf, responseOf } from './cache-response.ts'
import { Engine } from './engine.ts'
import type { CacheResponseOptions } from './options.ts'
import { webOrigin } from './web-origin.ts'

/** What is used of a context of Hono. */
export interface HonoContext {
  readonly req: { raw: Request }
  get res(): Response
  set res(response: Response | undefined)
}

/** A middleware, as Hono 4 takes it. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>

/**
 * A middleware of Hono 4 that caches what comes after it: `app.use(cacheResponse(cache, options))`, or for some paths.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(cache: Namespace, options: CacheResponseOptions = {}): HonoMiddleware {
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
