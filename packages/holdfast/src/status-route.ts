import { InvalidOptionError } from '@holdfast/core'
import { timingSafeEqual } from 'node:crypto'
import { hash } from './call-key.ts'
import type { CacheMonitor } from './monitor.ts'
import type { KitBase } from './read-through.ts'

/** Route handlers of `/api/cache-status`, on the Web's `Request` and `Response`. */
export interface CacheStatus {
  /** Health and statistics as JSON; 503 only when unhealthy. */
  GET(request?: Request): Promise<Response>
  /**
   * Does what the JSON body asks: `{ "action": "invalidate", "tags": […], "keys": […], "pattern": "…" }` or `{ "action": "clear" }`.
   * Needs `Authorization: Bearer $CACHE_ADMIN_TOKEN`; refused where that is not set.
   */
  POST(request: Request): Promise<Response>
}

const longestBody = 65_536

export function cacheStatus(base: KitBase, monitor: CacheMonitor, adminToken: string | undefined): CacheStatus {
  return {
    GET: async () => {
      const health = await monitor.healthCheck()
      const stats = base.shared.isClosed ? undefined : await monitor.getStats()
      return answer(health.status === 'unhealthy' ? 503 : 200, {
        ...health,
        stats,
        timestamp: new Date().toISOString(),
      })
    },
    POST: async (request) => {
      if (adminToken === undefined)
        return answer(403, { error: 'CACHE_ADMIN_TOKEN is not set, so nothing can be done from here.' })
      if (!isBearer(request.headers.get('authorization'), adminToken))
        return answer(401, { error: 'Expected `Authorization: Bearer` with the value of CACHE_ADMIN_TOKEN.' })
      const command = parseCommand(await request.text())
      if (command.type === 'none') return answer(400, { error: command.why })
      try {
        return answer(200, await run(base, command))
      } catch (error) {
        if (error instanceof InvalidOptionError) return answer(400, { error: error.message })
        throw error
      }
    },
  }
}

type Command =
  | { readonly type: 'clear' }
  | {
      readonly type: 'invalidate'
      readonly tags: readonly string[]
      readonly keys: readonly string[]
      readonly pattern: string | undefined
    }
  | { readonly type: 'none'; readonly why: string }

function parseCommand(body: string): Command {
  if (body.length > longestBody) return { type: 'none', why: 'The body is too long.' }
  const asked = parseObject(body)
  if (asked?.['action'] === 'clear') return { type: 'clear' }
  if (asked?.['action'] !== 'invalidate')
    return { type: 'none', why: 'Expected a JSON object with `action`: "invalidate" or "clear".' }
  const { tags = [], keys = [], pattern } = asked
  if (!isNames(tags) || !isNames(keys) || !(pattern === undefined || (typeof pattern === 'string' && pattern !== '')))
    return { type: 'none', why: 'Expected `tags` and `keys` to be arrays of names, and `pattern` to be a glob.' }
  if (tags.length + keys.length === 0 && pattern === undefined)
    return { type: 'none', why: 'Expected `tags`, `keys` or `pattern` to say what to invalidate.' }
  return { type: 'invalidate', tags, keys, pattern }
}

async function run({ shared }: KitBase, command: Exclude<Command, { type: 'none' }>): Promise<unknown> {
  const cache = shared.get()
  if (command.type === 'clear') return { action: 'clear', cleared: await cache.clear() }
  const { tags, keys, pattern } = command
  return {
    action: 'invalidate',
    ...(tags.length === 0 ? {} : { tags: await cache.invalidateTags(tags) }),
    ...(keys.length === 0 ? {} : { keys: await cache.delete(keys) }),
    ...(pattern === undefined ? {} : { pattern: await cache.invalidateMatching(pattern) }),
  }
}

function isBearer(header: string | null, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(header ?? '')?.[1] ?? ''
  // Hashes are of one length, so that the comparison tells nothing by its time.
  return timingSafeEqual(Buffer.from(hash(given)), Buffer.from(hash(token)))
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, {
    status,
    headers: { 'cache-control': 'no-store', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) },
  })
}
