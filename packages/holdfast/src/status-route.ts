import { InvalidOptionError, type Cache } from '@holdfast/core'
import { timingSafeEqual } from 'node:crypto'
import { hash } from './call-key.ts'
import { reportAsJson, type CacheWarmer } from './kit-warmer.ts'
import type { CacheMonitor, CacheSource } from './monitor.ts'
import { parseCommand, type StatusCommand } from './status-command.ts'

/** Route handlers of `/api/cache-status`, on the Web's `Request` and `Response`. */
export interface CacheStatus {
  /** Health and statistics as JSON; 503 only when unhealthy. */
  GET(request?: Request): Promise<Response>
  /**
   * Does what the JSON body asks: `{ "action": "invalidate", "tags": […], "keys": […], "pattern": "…" }`, `{ "action": "clear" }` or
   * `{ "action": "warm", "force": false, "wait": true }`, which answers with what was done, or at once with 202 when it is not to wait. With
   * `"namespace": "…"` it clears that alone, and keys and pattern are of it.
   * Needs `Authorization: Bearer $CACHE_ADMIN_TOKEN`; refused where that is not set.
   */
  POST(request: Request): Promise<Response>
}

/** What the route stands on. */
export interface StatusParts {
  readonly monitor: CacheMonitor
  /** Without it nothing can be warmed. */
  readonly warmer: CacheWarmer | undefined
  /** Without it nothing can be done by `POST`. */
  readonly adminToken: string | undefined
}

export function cacheStatus(source: CacheSource, { monitor, warmer, adminToken }: StatusParts): CacheStatus {
  return {
    GET: async () => {
      const health = await monitor.healthCheck()
      const stats = (await source.isClosed) ? undefined : await monitor.getStats()
      return answer(health.status === 'unhealthy' ? 503 : 200, {
        ...health,
        stats,
        ...warmingOf(warmer),
        timestamp: new Date().toISOString(),
      })
    },
    POST: async (request) => {
      if (adminToken === undefined)
        return answer(403, { error: 'No admin token is set (CACHE_ADMIN_TOKEN), so nothing can be done from here.' })
      if (!isBearer(request.headers.get('authorization'), adminToken))
        return answer(401, { error: 'Expected `Authorization: Bearer` with the admin token (CACHE_ADMIN_TOKEN).' })
      const command = parseCommand(await request.text())
      if (command.type === 'none') return answer(400, { error: command.why })
      try {
        if (command.type !== 'warm') return answer(200, await run(source.get(), command))
        if (warmer === undefined) return answer(400, { error: 'There is nothing to warm: this route has no `warmer`.' })
        return await warm(warmer, command)
      } catch (error) {
        if (error instanceof InvalidOptionError) return answer(400, { error: error.message })
        throw error
      }
    },
  }
}

async function run(whole: Cache, command: Extract<StatusCommand, { type: 'clear' | 'invalidate' }>): Promise<unknown> {
  const cache = command.namespace === undefined ? whole : whole.namespace(command.namespace)
  if (command.type === 'clear') return { action: 'clear', cleared: await cache.clear() }
  const { tags, keys, pattern } = command
  return {
    action: 'invalidate',
    ...(tags.length === 0 ? {} : { tags: await cache.invalidateTags(tags) }),
    ...(keys.length === 0 ? {} : { keys: await cache.delete(keys) }),
    ...(pattern === undefined ? {} : { pattern: await cache.invalidateMatching(pattern) }),
  }
}

async function warm(warmer: CacheWarmer, command: Extract<StatusCommand, { type: 'warm' }>): Promise<Response> {
  const run = warmer.warmCache({ force: command.isForced })
  if (command.isAwaited) return answer(200, { action: 'warm', report: reportAsJson(await run) })
  // It rejects only when the cache is closed meanwhile.
  run.catch(() => undefined)
  return answer(202, { action: 'warm', started: true })
}

const nothingRan = { isRunning: false, last: undefined }

function warmingOf({ isRunning, last }: Pick<CacheWarmer, 'isRunning' | 'last'> = nothingRan): object {
  if (!isRunning && last === undefined) return {}
  return { warming: { isRunning, last: last === undefined ? null : reportAsJson(last) } }
}

function isBearer(header: string | null, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(header ?? '')?.[1] ?? ''
  // Hashes are of one length, so that the comparison tells nothing by its time.
  return timingSafeEqual(Buffer.from(hash(given)), Buffer.from(hash(token)))
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, {
    status,
    headers: { 'cache-control': 'no-store', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) },
  })
}
