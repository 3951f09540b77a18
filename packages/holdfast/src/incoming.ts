import { hash, sortedQuery } from './call-key.ts'

/** A request to the application, of whatever framework. */
export interface Incoming {
  readonly method: string
  readonly url: URL
  header(name: string): string | undefined
}

/** Headers that say who asks. What depends on them must not be given to another. */
const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key']

/** By what answers to requests differ, besides method and URL: names of headers, or a function. */
export type Vary = readonly string[] | ((request: Incoming) => string)

/** Whether an answer to a request may be kept, and under what text. */
export type RequestText =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'none'; readonly why: string }

/**
 * The argument as a request, if it is one: of the Web (`Request`, `NextRequest`), of Node (`IncomingMessage`, so Express), of Fastify, or
 * a Hono context.
 */
export function asIncoming(arg: unknown): Incoming | undefined {
  if (typeof arg !== 'object' || arg === null) return undefined
  return ofWeb(arg) ?? ofNode(arg) ?? ofHono(arg)
}

/**
 * Method, URL with its parameters sorted, and what `vary` names. A request that carries credentials has a text only when `vary`
 * names each of them, or is a function.
 */
export function textOfRequest(request: Incoming, vary: Vary | undefined): RequestText {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { type: 'none', why: `a ${request.method} request may differ in its body: say with \`key\` by what` }
  const named = Array.isArray(vary) ? vary.map((name: string) => name.toLowerCase()) : []
  const unnamed = credentialHeaders.find((name) => request.header(name) !== undefined && !named.includes(name))
  if (unnamed !== undefined && typeof vary !== 'function') {
    return {
      type: 'none',
      why: `the request carries \`${unnamed}\`, so its answer may be for one user alone: say with \`key\` or \`vary\` by what answers differ`,
    }
  }
  const query = sortedQuery(request.url.searchParams)
  const { origin, pathname } = request.url
  const varied = typeof vary === 'function' ? vary(request) : named.map((name) => request.header(name) ?? '').join('\n')
  // Hashed: headers hold secrets, and keys are shown in logs.
  const suffix = varied.trim() === '' ? '' : ` ${hash(varied)}`
  return { type: 'text', text: `${request.method} ${origin}${pathname}${query === '' ? '' : `?${query}`}${suffix}` }
}

function ofWeb(arg: object): Incoming | undefined {
  const { method, url, headers } = arg as Partial<Request>
  if (typeof method !== 'string' || typeof url !== 'string' || typeof headers?.get !== 'function') return undefined
  if (!URL.canParse(url)) return undefined
  return { method, url: new URL(url), header: (name) => headers.get(name) ?? undefined }
}

function ofNode(arg: object): Incoming | undefined {
  const node = arg as { method?: unknown; url?: unknown; originalUrl?: unknown; headers?: unknown }
  const path = node.originalUrl ?? node.url
  if (typeof node.method !== 'string' || typeof path !== 'string') return undefined
  if (typeof node.headers !== 'object' || node.headers === null) return undefined
  const headers = node.headers as Record<string, string | readonly string[] | undefined>
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'object' ? value.join(', ') : value
  }
  const host = header('host') ?? 'localhost'
  // Joined as text, and hosts as hosts: a path such as `//other/` or a host with a slash must not speak for another URL.
  const url = path.startsWith('/') ? `http://${/^[\w.:[\]-]+$/.test(host) ? host : 'unknown.invalid'}${path}` : path
  return URL.canParse(url) ? { method: node.method, url: new URL(url), header } : undefined
}

function ofHono(arg: object): Incoming | undefined {
  const raw = (arg as { req?: { raw?: unknown } }).req?.raw
  return typeof raw === 'object' && raw !== null ? ofWeb(raw) : undefined
}
