import { parseDirectives, seconds } from './directives.ts'
import type { CachedRequest } from './request.ts'
import type { Stored } from './stored.ts'

/** What a client asks of caches (RFC 9111, section 5.2.1). Lengths in milliseconds. */
export interface Wishes {
  readonly noStore: boolean
  readonly noCache: boolean
  readonly onlyIfCached: boolean
  readonly maxAgeMs: number
  readonly minFreshMs: number
  readonly maxStaleMs: number
}

const none: Wishes = {
  noStore: false,
  noCache: false,
  onlyIfCached: false,
  maxAgeMs: Number.POSITIVE_INFINITY,
  minFreshMs: 0,
  maxStaleMs: 0,
}

export function wishesOf(request: CachedRequest, areObeyed: boolean): Wishes {
  const field = areObeyed ? request.headers.get('cache-control') : null
  if (field === null) return none
  const directives = parseDirectives(field)
  const maxStale = directives.get('max-stale')
  return {
    noStore: directives.has('no-store'),
    noCache: directives.has('no-cache'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAgeMs: (seconds(directives, 'max-age') ?? Number.POSITIVE_INFINITY) * 1_000,
    minFreshMs: (seconds(directives, 'min-fresh') ?? 0) * 1_000,
    maxStaleMs: maxStale === true ? Number.POSITIVE_INFINITY : (seconds(directives, 'max-stale') ?? 0) * 1_000,
  }
}

/** How a stored response may be used now. */
export type Use =
  | 'fresh'
  /** Stale, and to be loaded again behind. */
  | 'while-revalidating'
  /** Only after the handler has been asked. */
  | 'revalidate'

export function useOf(stored: Stored, ageMs: number, wishes: Wishes): Use {
  if (wishes.noCache || ageMs > wishes.maxAgeMs) return 'revalidate'
  const leftMs = stored.lifetimeMs - ageMs
  if (leftMs > 0) return leftMs >= wishes.minFreshMs ? 'fresh' : 'revalidate'
  if (wishes.minFreshMs > 0) return 'revalidate'
  if (!stored.mustRevalidate && -leftMs <= wishes.maxStaleMs && wishes.maxStaleMs > 0) return 'fresh'
  return -leftMs <= stored.staleWhileRevalidateMs && stored.staleWhileRevalidateMs > 0
    ? 'while-revalidating'
    : 'revalidate'
}

/** Whether a stored response may stand in for one that the handler failed to give. */
export function mayStandIn(stored: Stored, ageMs: number): boolean {
  return stored.staleIfErrorMs > 0 && ageMs - stored.lifetimeMs <= stored.staleIfErrorMs
}
