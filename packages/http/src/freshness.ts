import { listed, parseDirectives, parseTargeted, seconds, type Directives } from './directives.ts'
import type { Head } from './head.ts'
import { parseHttpDate } from './http-date.ts'
import type { ParsedOptions } from './options.ts'
import type { CachedRequest } from './request.ts'

/** What a handler says of its response: to this cache in particular, or to all. */
export interface Said {
  readonly directives: Directives
  /** By a field for caches such as this one: then `Expires` does not count. */
  readonly isTargeted: boolean
}

export function saidBy(head: Head, targets: readonly string[]): Said {
  for (const name of targets) {
    const directives = parseTargeted(head.get(name))
    if (directives !== undefined) return { directives, isTargeted: true }
  }
  return { directives: parseDirectives(head.get('cache-control')), isTargeted: false }
}

/** How long a response may be used, and how. Lengths in milliseconds. */
export interface Freshness {
  readonly lifetimeMs: number
  readonly staleWhileRevalidateMs: number
  readonly staleIfErrorMs: number
  /** Never to be served stale, not even because the client or an option says so. */
  readonly mustRevalidate: boolean
  /** The handler said how long, not an option or a guess. */
  readonly isExplicit: boolean
}

/** Statuses that may be cached though nothing is said (RFC 9110, section 15.1), without 206. */
const cacheableByDefault: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])

/** `undefined` when nothing says how long a response is fresh. */
export function freshnessOf(
  request: CachedRequest,
  head: Head,
  said: Said,
  options: ParsedOptions,
  now: number,
): Freshness | undefined {
  const { directives } = said
  const explicit = explicitSeconds(head, said, now)
  const implied = explicit === undefined ? impliedMs(request, head, directives, options, now) : undefined
  if (explicit === undefined && implied === undefined) return undefined
  const isStrict = ['must-revalidate', 'proxy-revalidate'].some((name) => directives.has(name)) || isNoCache(directives)
  const swr = seconds(directives, 'stale-while-revalidate')
  const onError = seconds(directives, 'stale-if-error')
  // `s-maxage` forbids serving stale, except where the same handler allows it by name.
  const isShared = directives.has('s-maxage')
  return {
    lifetimeMs: explicit === undefined ? implied! : explicit * 1_000,
    staleWhileRevalidateMs: isStrict ? 0 : (toMs(swr) ?? (isShared ? 0 : options.staleWhileRevalidateMs)),
    staleIfErrorMs: isStrict ? 0 : (toMs(onError) ?? (isShared ? 0 : options.graceMs)),
    mustRevalidate: isStrict || isShared,
    isExplicit: explicit !== undefined,
  }
}

/** `no-cache` for the whole response, not for some of its fields. */
export function isNoCache(directives: Directives): boolean {
  return directives.has('no-cache') && listed(directives, 'no-cache') === undefined
}

function explicitSeconds(head: Head, { directives, isTargeted }: Said, now: number): number | undefined {
  if (isNoCache(directives)) return 0
  const maxAge = seconds(directives, 's-maxage') ?? seconds(directives, 'max-age')
  if (maxAge !== undefined || isTargeted) return maxAge
  const expires = head.get('expires')
  if (expires === null) return undefined
  const at = parseHttpDate(expires, now)
  if (at === undefined) return 0
  return Math.max(0, (at - (parseHttpDate(head.get('date'), now) ?? now)) / 1_000)
}

function impliedMs(
  request: CachedRequest,
  head: Head,
  directives: Directives,
  options: ParsedOptions,
  now: number,
): number | undefined {
  if (!cacheableByDefault.has(head.status) && !directives.has('public')) return undefined
  const ttlMs = cacheableByDefault.has(head.status) ? options.ttl(request, head) : undefined
  if (ttlMs !== undefined) return ttlMs
  const modifiedAt = options.heuristic === 0 ? undefined : parseHttpDate(head.get('last-modified'), now)
  if (modifiedAt === undefined) return undefined
  const sentAt = parseHttpDate(head.get('date'), now) ?? now
  return Math.max(0, (sentAt - modifiedAt) * options.heuristic)
}

/**
 * How old a response was when its request was sent (RFC 9111, section 4.2.3), in milliseconds. What has passed since then is added where it
 * is served.
 */
export function initialAgeMs(head: Head, sentAt: number, receivedAt: number): number {
  const date = parseHttpDate(head.get('date'), receivedAt)
  // Dates are in whole seconds: a response of this second is not old.
  const apparent = date === undefined ? 0 : Math.max(0, sentAt - date - 1_000)
  const first = head.get('age')?.split(',', 1)[0]?.trim() ?? ''
  const value = /^\d+$/.test(first.split(';', 1)[0]!) ? Number(first.split(';', 1)[0]) : 0
  return Math.max(apparent, Math.min(value, 2_147_483_648) * 1_000)
}

function toMs(secs: number | undefined): number | undefined {
  return secs === undefined ? undefined : secs * 1_000
}
