import type { Namespace } from '@holdfast/core'
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import { Engine } from './engine.ts'
import { serve } from './node-serve.ts'
import type { CacheResponseOptions } from './options.ts'

/** An `onRequest` hook, as Fastify 5 takes it. */
export type FastifyHook = (
  request: { readonly raw: IncomingMessage; readonly originalUrl: string; readonly url: string },
  reply: { readonly raw: ServerResponse; getHeaders(): Record<string, OutgoingHttpHeader | undefined> },
  done: (error?: Error) => void,
) => void

/**
 * An `onRequest` hook of Fastify 5 that caches what routes send: `app.addHook('onRequest', cacheResponse(cache, options))`, or as `onRequest`
 * of one route. Header fields that hooks before it have set are not stored.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(cache: Namespace, options: CacheResponseOptions = {}): FastifyHook {
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
