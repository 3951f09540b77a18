import { checkNames, HoldfastError, systemClock, type Cache, type Clock } from '@holdfast/core'
import { alerts, type Alerts } from '../alerts.ts'
import { checkCache } from '../check-cache.ts'
import { Access } from './access.ts'
import { inspectKey, invalidate, parseAsked } from './actions.ts'
import { html, json, readObject, refuse } from './answer.ts'
import { page } from './page.ts'
import type { DashboardAccess } from './state.ts'
import { CacheWatch } from './watch.ts'

/** Who may see and do what on a dashboard. */
export interface DashboardOptions {
  /**
   * The secret that whoever looks must give, of at least 16 characters. Without one the page shows numbers only: no names of keys or tags, nothing to
   * inspect, nothing to change.
   */
  readonly token?: string
  /**
   * Lets whoever has the token invalidate keys and tags.
   *
   * @default false, it can be looked at only
   */
  readonly allowInvalidate?: boolean
  /**
   * Shows the values of inspected keys to whoever has the token.
   *
   * @default false
   */
  readonly showValues?: boolean
  /** The alerts to show; by default a watch of its own by the default rules, which tells nobody else. */
  readonly alerts?: Alerts
  /** The source of time, for tests. */
  readonly clock?: Clock
}

/** A dashboard. It observes its cache from the beginning until it is closed. */
export interface Dashboard extends Disposable {
  /** Answers what is asked under any path: the page itself, and `…/api/…`, which the page asks. */
  handle(request: Request): Promise<Response>
  close(): void
}

/** The names of all options. */
export const dashboardOptions: readonly (keyof DashboardOptions)[] = [
  'token',
  'allowInvalidate',
  'showValues',
  'alerts',
  'clock',
]

/**
 * Makes a dashboard of a cache: one page that needs nothing but this handler.
 *
 * @throws {InvalidOptionError} for what is no cache, an unknown option, and a token of less than 16 characters
 */
export function dashboard(cache: Cache, options: DashboardOptions = {}): Dashboard {
  checkCache(cache)
  checkNames('options of a dashboard', options, dashboardOptions)
  const access = new Access(options.token)
  const clock = options.clock ?? systemClock
  const ownAlerts = options.alerts === undefined ? alerts(cache, { clock }) : undefined
  const watch = new CacheWatch(cache, clock, options.alerts ?? ownAlerts!)
  const granted: DashboardAccess = {
    keys: access.hasToken,
    values: access.hasToken && options.showValues === true,
    invalidate: access.hasToken && options.allowInvalidate === true,
  }
  const close = (): void => {
    watch.close()
    ownAlerts?.close()
  }
  return {
    close,
    [Symbol.dispose]: close,
    async handle(request) {
      const [, route] = /\/api\/(\w+)$/.exec(new URL(request.url).pathname) ?? []
      if (route === undefined) return isGet(request) ? html(page.html, page.hashes) : wrongMethod('GET')
      if (access.hasToken && !access.isGiven(request))
        return refuse(401, 'Expected `Authorization: Bearer` with the token.', { 'www-authenticate': 'Bearer' })
      if (route === 'state')
        return isGet(request)
          ? json(200, { ...(await watch.state(granted.keys)), access: granted })
          : wrongMethod('GET')
      if (route !== 'inspect' && route !== 'invalidate') return refuse(404, 'There is nothing here.')
      return act(route, request)
    },
  }

  async function act(route: 'inspect' | 'invalidate', request: Request): Promise<Response> {
    if (request.method !== 'POST') return wrongMethod('POST')
    if (!granted.keys) return refuse(403, 'No token is set, so numbers are all there is.')
    if (access.isFromElsewhere(request)) return refuse(403, 'Another site may not ask this.')
    if (request.headers.get('content-type')?.split(';')[0]?.trim() !== 'application/json')
      return refuse(415, 'Expected `content-type: application/json`.')
    const body = await readObject(request)
    const asked = body === undefined ? 'Expected a JSON object of at most 64 KB.' : parseAsked(body)
    if (typeof asked === 'string') return refuse(400, asked)
    if (route === 'invalidate' && !granted.invalidate)
      return refuse(403, 'This dashboard may be looked at only: `allowInvalidate` is off.')
    try {
      if (route === 'invalidate') return json(200, await invalidate(cache, asked))
      if ('tag' in asked) return refuse(400, 'Expected `key`: a tag has nothing to inspect.')
      return json(200, await inspectKey(cache, asked, granted.values))
    } catch (error) {
      if (error instanceof HoldfastError) return refuse(400, error.message)
      throw error
    }
  }
}

function isGet(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}

function wrongMethod(allow: string): Response {
  return refuse(405, `Expected ${allow}.`, { allow })
}
