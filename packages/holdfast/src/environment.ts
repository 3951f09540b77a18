import { InvalidOptionError, parseByteSize, type ByteSize } from '@holdfast/core'
import type { WarmTimes } from './kit-warmer.ts'
import { parseRedisPlace, type RedisFromEnvironment } from './redis-places.ts'
import { invalid, readBoolean, readInteger, readText, type Variables } from './variables.ts'

/** What the environment says of the cache. */
export interface Environment {
  /** Where Redis is, as `redisStore` takes it; `undefined`: memory alone. */
  readonly redis: RedisFromEnvironment | undefined
  /** What every key in Redis begins with. */
  readonly prefix: string
  readonly defaultTtlSeconds: number
  /** The bound on memory, in bytes; by number of entries when it is not set. */
  readonly maxMemoryBytes: number | undefined
  /** Loaders are called each time, and nothing is stored. */
  readonly isBypassed: boolean
  /** One line is logged per call. */
  readonly isDebugging: boolean
  /** When what is to be warmed is loaded by itself. */
  readonly warmTimes: WarmTimes
  /** What a `POST` to the status route must carry; without it, all are refused. */
  readonly adminToken: string | undefined
}

/**
 * Reads `REDIS_*` (see {@link parseRedisPlace}), `REDIS_KEY_PREFIX`, `CACHE_DEFAULT_TTL` (seconds), `CACHE_MAX_MEMORY`, `SKIP_CACHE_DEV`,
 * `CACHE_DEBUG`, `CACHE_WARM_ON_START`, `CACHE_WARM_INTERVAL` (seconds) and `CACHE_ADMIN_TOKEN`.
 *
 * @throws {InvalidOptionError} that names the variable
 */
export function parseEnvironment(variables: Variables): Environment {
  const isDevelopment = variables['NODE_ENV'] === 'development'
  return {
    redis: parseRedisPlace(variables),
    prefix: readText(variables, 'REDIS_KEY_PREFIX') ?? 'holdfast:',
    defaultTtlSeconds: readInteger(variables, 'CACHE_DEFAULT_TTL', { min: 1, max: 100 * 365 * 86_400 }) ?? 3_600,
    maxMemoryBytes: readSize(variables, 'CACHE_MAX_MEMORY'),
    isBypassed: readBoolean(variables, 'SKIP_CACHE_DEV', false) && isDevelopment,
    isDebugging: readBoolean(variables, 'CACHE_DEBUG', isDevelopment && variables['DB_LOG_LEVEL'] === 'query'),
    warmTimes: parseWarmTimes(variables),
    adminToken: readText(variables, 'CACHE_ADMIN_TOKEN'),
  }
}

/** A build imports the application, and must neither connect nor load. */
function parseWarmTimes(variables: Variables): WarmTimes {
  const isOnStart = readBoolean(variables, 'CACHE_WARM_ON_START', false)
  const seconds =
    readInteger(variables, 'CACHE_WARM_INTERVAL', { min: 0, max: 86_400 }) ??
    (variables['NODE_ENV'] === 'production' ? 1_800 : 0)
  if (variables['NEXT_PHASE'] === 'phase-production-build') return { isOnStart: false, intervalSeconds: undefined }
  return { isOnStart, intervalSeconds: seconds === 0 ? undefined : seconds }
}

function readSize(variables: Variables, name: string): number | undefined {
  const text = readText(variables, name)
  if (text === undefined) return undefined
  try {
    return parseByteSize(name, (/^\d+$/.test(text) ? Number(text) : text) as ByteSize)
  } catch (error) {
    if (error instanceof InvalidOptionError) throw invalid(name, "a size such as '64mb', or a number of bytes", text)
    throw error
  }
}
