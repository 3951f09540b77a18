import { checkMethods, checkNames, InvalidOptionError, type Cache } from '@holdfast/core'
import type { Warmer } from '@holdfast/warm'
import { cacheMonitor } from './monitor.ts'
import { cacheStatus, type CacheStatus } from './status-route.ts'

export interface StatusRouteOptions {
  /**
   * What a `POST` must carry as `Authorization: Bearer`, such as `process.env.CACHE_ADMIN_TOKEN`. An empty one counts as absent.
   *
   * @default none: all are refused
   */
  readonly adminToken?: string | undefined
  /** What `{ "action": "warm" }` and `holdfast warm` run. @default none: they are refused */
  readonly warmer?: Warmer | undefined
}

/** The route as handlers by method, and as one. */
export interface StatusRoute extends CacheStatus {
  /** Answers `GET`, `HEAD` and `POST`; to be given to `nodeHandler`, for one. */
  readonly handle: (request: Request) => Promise<Response>
}

/**
 * The status route of a cache that was made by `createCache()`: what `holdfast stats`, `top`, `warm` and `invalidate --url` ask. A kit has one of
 * its own, `cacheStatus`.
 *
 * @throws {InvalidOptionError} when it is no cache, or an option cannot be used
 */
export function statusRoute(cache: Cache, options: StatusRouteOptions = {}): StatusRoute {
  checkMethods(
    'cache',
    cache,
    ['describe', 'ping'],
    'Write what `createCache` makes: a namespace has no status of its own.',
  )
  checkNames('options of a status route', options, ['adminToken', 'warmer'])
  const { adminToken, warmer } = options
  if (adminToken !== undefined && typeof adminToken !== 'string')
    throw new InvalidOptionError(`Expected \`adminToken\` to be a string, got ${typeof adminToken}.`)
  if (warmer !== undefined) checkMethods('warmer', warmer, ['run'], 'Write what `createWarmer` makes.')
  const source = {
    get: () => cache,
    get isClosed() {
      return isClosed(cache)
    },
  }
  const route = cacheStatus(source, {
    monitor: cacheMonitor(source),
    warmer: warmer && {
      warmCache: (asked) => warmer.run(asked),
      get isRunning() {
        return warmer.isRunning
      },
      get last() {
        return warmer.last
      },
    },
    adminToken: adminToken === '' ? undefined : adminToken,
  })
  return { ...route, handle: (request) => handle(route, request) }
}

async function handle(route: CacheStatus, request: Request): Promise<Response> {
  if (request.method === 'POST') return route.POST(request)
  if (request.method === 'GET' || request.method === 'HEAD') return route.GET(request)
  return new Response(null, { status: 405, headers: { allow: 'GET, HEAD, POST' } })
}

// Reads nothing, counts nothing, and rejects where it is closed.
async function isClosed(cache: Cache): Promise<boolean> {
  return cache.getMany([]).then(
    () => false,
    () => true,
  )
}
