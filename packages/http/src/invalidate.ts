import type { Namespace } from '@holdfast/core'
import type { Head } from './head.ts'
import type { ParsedOptions } from './options.ts'
import type { CachedRequest } from './request.ts'

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * What a request that changed something has made untrue: its own URL, those that its response names in `Location` and `Content-Location`
 * (RFC 9111, section 4.4), and the tags of the option. `undefined` when there is nothing to wait for. Never rejects.
 */
export function invalidateAfter(
  cache: Namespace,
  request: CachedRequest,
  head: Head,
  options: ParsedOptions,
  keyOf: (request: CachedRequest) => string | undefined,
): Promise<unknown> | undefined {
  if (safe.has(request.method) || head.status < 200 || head.status >= 400) return undefined
  const urls = [request.url, ...sameHost(request.url, [head.get('location'), head.get('content-location')])]
  const keys = urls.map((url) => keyOf({ method: 'GET', url, headers: request.headers }))
  const tags = options.invalidates(request, head)
  const work: Promise<unknown>[] = [cache.delete([...new Set(keys.filter((key) => key !== undefined))])]
  if (tags.length > 0) work.push(cache.invalidateTags(tags))
  // What could not reach the remote store is journalled there; a closed cache has nothing left to be untrue.
  return Promise.allSettled(work)
}

/** Another host's resources are not this one's to end. */
function sameHost(base: string, targets: readonly (string | null)[]): readonly string[] {
  return targets.flatMap((target) => {
    if (target === null || !URL.canParse(target, base)) return []
    const url = new URL(target, base)
    return url.host === new URL(base).host ? [url.href.replace(/#.*$/, '')] : []
  })
}
