import type { Namespace } from '@holdfast/core'
import type { onRequestHookHandler } from 'fastify'
import { Engine } from './engine.ts'
import { serve } from './node-serve.ts'
import type { CacheResponseOptions } from './options.ts'

/**
 * An `onRequest` hook of Fastify 5 that caches what routes send: `app.addHook('onRequest', cacheResponse(cache, options))`, or as `onRequest`
 * of one route. Header fields that hooks before it have set are not stored.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(cache: Namespace, options: CacheResponseOptions = {}): onRequestHookHandler {
  const engine = new Engine(cache, options)
  return (request, reply, done) => {
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value)
    let isStarted = false
    const start = (): void => {
      isStarted = true
      done()
    }
    const { originalUrl, url } = request
    const target = originalUrl === url ? url : `${originalUrl} ${url}`
    serve(engine, request.raw, reply.raw, start, target).catch((error: Error) => {
      if (!isStarted) done(error)
    })
  }
}
