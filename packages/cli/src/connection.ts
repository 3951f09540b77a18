import {
  createCache,
  describePlace,
  msgpack,
  parseEnvironment,
  redisStore,
  type Cache,
  type RedisFromEnvironment,
  type RemoteStore,
} from 'holdfast'
import { CliError, ExitCode } from './exit-code.ts'
import { readingJson } from './reading-json.ts'
import { reasonOf } from './reason.ts'
import { readVariables } from './variables.ts'

/** What every command that talks to Redis takes. */
export interface RedisFlags {
  readonly redis?: string
  readonly prefix?: string
  readonly envFile?: string
}

/** A Redis, as the application would use it. */
export interface RedisPlace {
  readonly server: RedisFromEnvironment
  readonly prefix: string
  /** Nobody said the prefix. */
  readonly isDefaultPrefix: boolean
}

/** Where Redis is: by `--redis` and `--prefix`, else by the variables that the kit reads. */
export function findRedis({ redis, prefix, envFile }: RedisFlags): RedisPlace {
  if (redis !== undefined) checkAddress(redis)
  const variables = { ...readVariables(envFile) }
  // What is said on the command line is said instead.
  if (redis !== undefined)
    for (const name of ['REDIS_CLUSTER_NODES', 'REDIS_SENTINELS', 'REDIS_HOST']) delete variables[name]
  const environment = parseEnvironment({
    ...variables,
    ...(redis === undefined ? {} : { REDIS_URL: redis }),
    ...(prefix === undefined ? {} : { REDIS_KEY_PREFIX: prefix }),
  })
  const isDefaultPrefix = prefix === undefined && (variables['REDIS_KEY_PREFIX'] ?? '').trim() === ''
  if (environment.redis !== undefined) return { server: environment.redis, prefix: environment.prefix, isDefaultPrefix }
  throw new CliError(
    ExitCode.usage,
    'Where is Redis? Say --redis redis://localhost:6379, or set REDIS_URL, REDIS_HOST, REDIS_CLUSTER_NODES or REDIS_SENTINELS (a file .env will do).',
  )
}

/** A password in it is not shown. */
function checkAddress(text: string): void {
  if (/^rediss?:\/\/./.test(text) && URL.canParse(text)) return
  const instead = /^[\w.-]+(?::\d+)?$/.test(text) ? `redis://${text}` : 'redis://user:password@localhost:6379/0'
  throw new CliError(
    ExitCode.usage,
    `Expected --redis to be a URL that begins with redis:// or rediss://, such as ${instead}; special characters of a password are written as %XX.`,
  )
}

/** The prefix for people, who may not have meant the default. */
export function showPrefix({ prefix, isDefaultPrefix }: RedisPlace): string {
  return isDefaultPrefix ? `'${prefix}' (the default: --prefix or REDIS_KEY_PREFIX says another)` : `'${prefix}'`
}

/** The store and a cache on it without memory: what it reads is what stands in Redis, what it invalidates every process hears. */
export interface OpenRedis {
  readonly store: RemoteStore
  readonly cache: Cache
}

/** Runs with the cache of that place, and closes it. */
export async function withRedis<R>(place: RedisPlace, run: (redis: OpenRedis) => Promise<R>): Promise<R> {
  const serializer = msgpack()
  const store = readingJson(redisStore(place.server, { prefix: place.prefix }), serializer)
  const cache = createCache({
    name: 'cli',
    memory: false,
    remote: store,
    serializer,
    // Nobody's request waits here: a slow connection is better than none.
    remoteTimeout: '5s',
  })
  // A command says itself why it cannot go on: without a listener, the cache would warn that it does.
  cache.on('remoteState', () => undefined)
  try {
    await cache.ping().catch((error: unknown) => {
      throw new CliError(
        ExitCode.unreachable,
        `Redis at ${describePlace(place.server)} does not answer: ${reasonOf(error)}`,
      )
    })
    return await run({ store, cache })
  } finally {
    await cache.close()
  }
}
