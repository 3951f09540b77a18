import { withBreaker } from '@holdfast/breaker'
import { createCache, type Cache, type Clock, type Duration, type MemoryStore, type RemoteStore } from '@holdfast/core'
import { memoryStore } from '@holdfast/memory'
import { msgpack } from '@holdfast/msgpack'
import { redisStore } from '@holdfast/redis'
import type { CallLog } from './call-log.ts'
import type { Environment } from './environment.ts'

/** What a kit's cache is made of, where it is not as the environment says. */
export interface CacheParts {
  /** A label in metrics and messages, and what tells apart two kits of one prefix in a process. @default 'kit' */
  readonly name?: string
  /** Makes the memory tier; `false`: none. @default a `memoryStore` of `CACHE_MAX_MEMORY`, or of 10,000 entries */
  readonly memory?: (() => MemoryStore) | false
  /** Makes the remote tier; `false`: none. @default Redis as the environment says, behind a breaker; none when it names no server */
  readonly remote?: (() => RemoteStore) | false
  /** How long memory may be believed without contact to Redis. @default '5m' */
  readonly maxStaleness?: Duration
  /** @default the system's */
  readonly clock?: Clock
}

/** Opens the cache. Connects when there is a Redis. */
export function openCache(environment: Environment, parts: CacheParts, log: CallLog): Cache {
  const remote = openRemote(environment, parts)
  if (remote === undefined && parts.remote === undefined)
    log.once(
      'no redis',
      'REDIS_URL, REDIS_HOST, REDIS_CLUSTER_NODES and REDIS_SENTINELS are not set: entries live in the memory of this process alone.',
    )
  const cache = createCache({
    name: parts.name ?? 'kit',
    memory: openMemory(environment, parts),
    remote,
    serializer: msgpack(),
    ttl: `${environment.defaultTtlSeconds}s`,
    coherence: { maxStaleness: parts.maxStaleness ?? '5m' },
    ...clocked(parts),
  })
  if (log.isDebugging) logEvents(cache, log)
  return cache
}

function openMemory({ maxMemoryBytes }: Environment, parts: CacheParts): MemoryStore | undefined {
  if (parts.memory === false) return undefined
  if (parts.memory !== undefined) return parts.memory()
  const bound = maxMemoryBytes === undefined ? { maxEntries: 10_000 } : { maxBytes: maxMemoryBytes }
  return memoryStore({ ...bound, ...clocked(parts) })
}

function openRemote({ redis, prefix }: Environment, { remote }: CacheParts): RemoteStore | undefined {
  if (remote === false) return undefined
  if (remote !== undefined) return remote()
  return redis === undefined ? undefined : withBreaker(redisStore(redis, { prefix }))
}

function clocked({ clock }: CacheParts): { readonly clock?: Clock } {
  return clock === undefined ? {} : { clock }
}

function logEvents(cache: Cache, log: CallLog): void {
  cache.on('remoteState', ({ state }) => log.event(`Redis is ${state}`))
  cache.on('remoteError', ({ operation, cause }) => log.event(`Redis failed: ${operation}: ${String(cause)}`))
  cache.on('loadError', ({ key, error }) => log.event(`the load of ${key} failed: ${nameOf(error)}`))
  cache.on('repaired', ({ keys, tags }) =>
    log.event(`replayed what was invalidated meanwhile: ${keys} keys, ${tags} tags`),
  )
}

/** Its message is left out: errors of databases quote values. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
