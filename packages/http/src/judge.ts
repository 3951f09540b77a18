import { hasKeyedCredential, unkeyedCredentials } from './credentials.ts'
import { listed } from './directives.ts'
import { freshnessOf, saidBy, type Freshness } from './freshness.ts'
import type { Head } from './head.ts'
import type { ParsedOptions } from './options.ts'
import type { CachedRequest } from './request.ts'
import { varyOf } from './vary.ts'

/** Whether a response may be stored and shared, and how; or why not. */
export type Judgement =
  | { readonly type: 'no'; readonly why: string }
  | {
      readonly type: 'yes'
      readonly freshness: Freshness
      readonly vary: readonly string[]
      /** Fields that its directives exclude, in lower case. */
      readonly except: readonly string[]
      readonly isPublic: boolean
      /** How long it stays in the cache, in milliseconds. */
      readonly lifeMs: number
    }

/** Statuses whose meaning for caches is known, for `must-understand`. */
const understood: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 421, 451, 501,
])

/** No longer than a year. */
const longestMs = 365 * 86_400_000

/** @param now the wall clock, in milliseconds */
export function judge(
  request: CachedRequest,
  head: Head,
  options: ParsedOptions,
  ageMs: number,
  now: number,
): Judgement {
  if (head.status < 200 || head.status === 206 || head.status === 304) return no('status')
  const said = saidBy(head, options.targets)
  const { directives } = said
  const isUnderstood = directives.has('must-understand') && understood.has(head.status)
  if (directives.has('no-store') && !isUnderstood) return no('no-store')
  if (/^text\/event-stream\b/i.test(head.get('content-type') ?? '')) return no('event-stream')
  const vary = varyOf(request, head, options.vary)
  if (vary === '*') return no('vary')
  const isPublic = directives.has('public') || directives.has('s-maxage')
  const why = secret(request, head, { directives, vary, isPublic, isKeyed: options.key !== undefined })
  if (why !== undefined) return no(why)
  const freshness = freshnessOf(request, head, said, options, now)
  if (freshness === undefined) return no('no-freshness')
  const isValidatable = head.get('etag') !== null || head.get('last-modified') !== null
  const staleMs = Math.max(
    freshness.staleIfErrorMs,
    freshness.staleWhileRevalidateMs,
    isValidatable ? options.keepMs : 0,
  )
  const lifeMs = Math.min(Math.max(0, freshness.lifetimeMs - ageMs) + staleMs, longestMs)
  if (lifeMs <= 0) return no('stale')
  const except = [...(listed(directives, 'no-cache') ?? []), ...(listed(directives, 'private') ?? [])]
  return { type: 'yes', freshness, vary, except, isPublic, lifeMs }
}

interface Secrecy {
  readonly directives: ReadonlyMap<string, string | true>
  readonly vary: readonly string[]
  readonly isPublic: boolean
  readonly isKeyed: boolean
}

/** Why a response is for one client alone; `undefined` when it may be shared by all that have its key. */
function secret(
  request: CachedRequest,
  head: Head,
  { directives, vary, isPublic, isKeyed }: Secrecy,
): string | undefined {
  if (isKeyed) return undefined
  const isOwn = hasKeyedCredential(request, vary)
  if (directives.has('private') && listed(directives, 'private') === undefined && !isOwn) return 'private'
  if (head.get('set-cookie') !== null && !isOwn) return 'set-cookie'
  const [credential] = isPublic ? [] : unkeyedCredentials(request, vary)
  return credential
}

function no(why: string): Judgement {
  return { type: 'no', why }
}
