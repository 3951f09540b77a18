import { createCache, type Cache } from '@holdfast/core'
import { fakeClock, mapStore, type FakeClock } from '@holdfast/testing'
import { cacheResponse, type CacheResponseOptions } from '../src/index.ts'

/** A cached Web handler, on a clock that the test moves. */
export interface Site {
  readonly cache: Cache
  readonly clock: FakeClock
  /** Every request that the handler has seen. */
  readonly seen: Request[]
  get(path: string, headers?: Record<string, string>, more?: RequestInit): Promise<Response>
}

/** Answers that are all different, unless the test has its own: `1`, `2`, … */
export function openSite(
  options: CacheResponseOptions = {},
  handle?: (request: Request, count: number) => Response | Promise<Response>,
): Site {
  // Near the wall clock, by which `Date` and `Expires` are understood.
  const clock = fakeClock(Date.now())
  const cache = createCache({ memory: mapStore(), clock })
  const seen: Request[] = []
  const cached = cacheResponse(
    cache,
    options,
  )((request: Request) => {
    seen.push(request)
    return handle?.(request, seen.length) ?? new Response(String(seen.length))
  })
  return {
    cache,
    clock,
    seen,
    get: (path, headers = {}, more = {}) => cached(new Request(`http://shop.example${path}`, { headers, ...more })),
  }
}

/** A response with a `Cache-Control`, and other fields. */
export function said(
  cacheControl: string,
  body: string | null = 'body',
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { headers: { 'cache-control': cacheControl, ...headers } })
}
