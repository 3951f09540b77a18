import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Ask, HeaderReader } from './request.ts'

/**
 * A request of `node:http` as the engine takes it. Its URL is text: what a client sent as path, joined to its host, never parsed, so that
 * nothing in it can speak for another.
 *
 * @param target the path and query as the client sent them, where a framework has changed `url`
 */
export function askOfNode(request: IncomingMessage, isGone: () => boolean, target?: string): Ask {
  const { method = 'GET', headers } = request
  const reader: HeaderReader = {
    get(name) {
      const found = headers[name]
      if (found === undefined) return null
      return typeof found === 'string' ? found : found.join(', ')
    },
  }
  const hasBody =
    (method === 'GET' || method === 'HEAD') &&
    (headers['transfer-encoding'] !== undefined ||
      (headers['content-length'] !== undefined && headers['content-length'] !== '0'))
  return { method, url: urlOf(request, target), headers: reader, hasBody, signal: undefined, isGone }
}

function urlOf(request: IncomingMessage, target: string | undefined): string {
  const path = target ?? request.url ?? '/'
  const scheme = (request.socket as TLSSocket | undefined)?.encrypted === true ? 'https' : 'http'
  const host = request.headers.host ?? ''
  const base = `${scheme}://${/^[\w.:[\]-]*$/.test(host) ? host.toLowerCase() : 'unknown.invalid'}`
  // A proxy's request names its host itself; `*` and others are no paths.
  return path.startsWith('/') ? `${base}${path}` : `${base}/ ${path}`
}
