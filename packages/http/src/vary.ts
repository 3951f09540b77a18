import { hash } from 'node:crypto'
import { isToken, names, type Head } from './head.ts'
import type { CachedRequest } from './request.ts'

/** Makes values of a header that mean the same one value. `undefined` stands for an absent header. */
export type Normalize = (value: string | undefined) => string | undefined

/** The headers by which responses of one URL differ: names, or names with how their values are made fewer. */
export type Vary = readonly string[] | Readonly<Record<string, true | Normalize>>

/**
 * Headers with which a client, or a proxy on its behalf, may tell the application another host, scheme or path. Applications build links
 * and redirects from them and seldom say so in `Vary`: whoever sends other values gets entries of their own.
 */
const forwardedNames: readonly string[] = [
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-host',
  'x-original-host',
  'x-original-url',
  'x-rewrite-url',
  'x-http-host-override',
  'front-end-https',
  'forwarded',
]

/** What a response says, or shows, of the request headers that it depends on. `'*'`: on more than can be known. */
export function varyOf(request: CachedRequest, head: Head, named: readonly string[]): readonly string[] | '*' {
  const said = names(head.get('vary'))
  // What is no name cannot be looked up, and is as unknown.
  if (said.includes('*') || !said.every(isToken)) return '*'
  const shown: string[] = []
  // Who compresses by what the client accepts, or echoes its origin, depends on it, said or not.
  if (head.get('content-encoding') !== null) shown.push('accept-encoding')
  const allowed = head.get('access-control-allow-origin')
  if (allowed !== null && allowed !== '*' && allowed === request.headers.get('origin')) shown.push('origin')
  return [...new Set([...named, ...said, ...shown])].sort()
}

/** What a request says in the headers that matter, in short; empty when it says nothing. Hashed: headers hold secrets. */
export function selected(
  request: CachedRequest,
  varyNames: readonly string[],
  normalizers: ReadonlyMap<string, Normalize>,
): string {
  let text = ''
  for (const name of varyNames) {
    const value = (normalizers.get(name) ?? normalize(name))(request.headers.get(name) ?? undefined)
    if (value !== undefined) text += `${name}:${value}\n`
  }
  for (const name of forwardedNames) {
    const value = request.headers.get(name)
    if (value !== null) text += `!${name}:${name === 'forwarded' ? forwardedParts(value) : value}\n`
  }
  return text === '' ? '' : hash('sha256', text, 'base64url').slice(0, 32)
}

function normalize(name: string): Normalize {
  if (name === 'accept-encoding') return sortedTokens
  if (name === 'accept-language' || name === 'accept') return lowerTokens
  return withoutSpaces
}

/** Spaces around commas say nothing. */
function withoutSpaces(value: string | undefined): string | undefined {
  return value?.trim().replaceAll(/\s*,\s*/g, ',')
}

/** The order of what is liked equally is left as it is: servers choose by it. */
function lowerTokens(value: string | undefined): string | undefined {
  return value === undefined ? undefined : value.toLowerCase().replaceAll(/\s+/g, '')
}

/** Codings are chosen by the server, and any that is accepted will do. */
function sortedTokens(value: string | undefined): string | undefined {
  return lowerTokens(value)?.split(',').sort().join(',')
}

/** `Forwarded` also names each client; only host and scheme change what is answered. */
function forwardedParts(value: string): string {
  return (value.match(/\b(?:host|proto)=(?:"[^"]*"|[^;,\s]*)/gi) ?? []).join(';').toLowerCase()
}
