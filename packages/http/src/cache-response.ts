import type { Namespace } from '@holdfast/core'
import { Engine } from './engine.ts'
import type { CacheResponseOptions } from './options.ts'
import type { Reply } from './reply.ts'
import type { Ask } from './request.ts'
import { headersOf, webOrigin } from './web-origin.ts'

/** A handler of Web requests, with whatever else its framework passes to it. */
export type WebHandler<Rest extends readonly unknown[] = []> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>

/**
 * Caches the responses of Web handlers, by the rules of HTTP for shared caches (RFC 9111).
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cacheResponse(
  cache: Namespace,
  options: CacheResponseOptions = {},
): <Rest extends readonly unknown[]>(
  handler: WebHandler<Rest>,
) => (request: Request, ...rest: Rest) => Promise<Response> {
  const engine = new Engine(cache, options)
  return (handler) =>
    async (request, ...rest) => {
      const origin = webOrigin(request, (own) => handler(own, ...rest), true)
      return responseOf(await engine.respond(askOf(request), origin))
    }
}

/** A Web request as the engine takes it. */
export function askOf(request: Request): Ask {
  const { method, url, headers, signal } = request
  const hasBody = (method === 'GET' || method === 'HEAD') && announcesBody(headers)
  return { method, url, headers, hasBody, signal, isGone: () => signal.aborted }
}

function announcesBody(headers: Headers): boolean {
  const length = headers.get('content-length')
  return headers.get('transfer-encoding') !== null || (length !== null && length !== '0')
}

/** What the engine answered, as a Web response. */
export function responseOf(reply: Reply<Response>): Response {
  if (reply.type === 'client') return reply.client
  const { status, statusText, fields, body } = reply
  const hasBody = body !== undefined && status !== 204 && status !== 205 && status !== 304
  return new Response(hasBody ? (body as Uint8Array<ArrayBuffer>) : null, {
    status,
    statusText,
    headers: headersOf(fields),
  })
}
