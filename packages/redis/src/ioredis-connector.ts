import { InvalidOptionError } from '@holdfast/core'
import { Redis, type RedisOptions } from 'ioredis'
import { IoredisLink, IoredisSubscriberLink } from './ioredis-link.ts'
import type { Connector, Link, SubscriberLink } from './link.ts'

/**
 * Where Redis is: a URL (`redis://`, `rediss://`), the path of a Unix socket, options of ioredis (with `sentinels` and `name` too), or a
 * client of yours, which is copied and never used itself.
 */
export type RedisServer = string | RedisOptions | Redis

/**
 * Resending, queueing and reconnecting would run commands before the handshake of a session; a timeout of ioredis' own would
 * hide that a command is still under way.
 */
const required = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  retryStrategy: null,
  reconnectOnError: null,
  enableReadyCheck: false,
  enableAutoPipelining: false,
  disableClientInfo: true,
  commandTimeout: undefined,
  socketTimeout: undefined,
  blockingTimeout: undefined,
  // A connection that the other side has ended would keep a timer, and the process, for so long.
  disconnectTimeout: 0,
  monitor: false,
  // One that finds no primary fails; the store tries again.
  sentinelRetryStrategy: null as never,
  sentinelReconnectStrategy: null as never,
  failoverDetector: false,
  role: 'master',
  readOnly: false,
  stringNumbers: false,
  protocol: 2,
  replyMapping: 'legacy',
  scripts: undefined,
  himportFieldsets: undefined,
} as const satisfies RedisOptions

/**
 * @throws {InvalidOptionError} for a Cluster, a client with `keyPrefix`, a database that is no number, or what is no server at all
 */
export function ioredisConnector(server: RedisServer, connectTimeoutMs: number): Connector {
  const options = optionsOf(server)
  refuseKeyPrefix(options)
  refuseDatabase(options)
  return connectorTo(options, connectTimeoutMs)
}

/** A connector to one server, or to whichever the Sentinels call the primary when it connects. */
export function connectorTo(options: RedisOptions, connectTimeoutMs: number): Connector {
  const make = (): Redis =>
    new Redis({
      connectionName: 'holdfast',
      ...options,
      ...required,
      connectTimeout: connectTimeoutMs,
      // ioredis adds to the list what the Sentinels tell.
      ...(hasSentinels(options)
        ? { sentinels: [...options.sentinels!], sentinelCommandTimeout: connectTimeoutMs }
        : {}),
    })
  return {
    address: addressOf(options),
    connect: (): Link => new IoredisLink(make()),
    connectSubscriber: (): SubscriberLink => new IoredisSubscriberLink(make()),
  }
}

function optionsOf(server: RedisServer): RedisOptions {
  if (typeof server === 'string') return new Redis(checkedUrl(server), { lazyConnect: true }).options
  if (typeof server !== 'object' || server === null || Array.isArray(server)) throw unusable(typeof server)
  // By shape, not by class: an application may have another copy of ioredis than this package.
  const client = server as {
    readonly isCluster?: boolean
    readonly options?: RedisOptions
    readonly duplicate?: unknown
  }
  if (client.isCluster === true) throw new InvalidOptionError('Expected one Redis server, got a Cluster.')
  return typeof client.duplicate === 'function' && client.options !== undefined
    ? client.options
    : (server as RedisOptions)
}

// Without the URL in the error: it may hold a password.
function checkedUrl(url: string): string {
  if (url.startsWith('/')) return url
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) throw unusable('a string that is no such URL')
  // ioredis takes what it can read of it for the number.
  const { pathname, username, password } = new URL(url)
  if (!isDecodable(username + password)) throw unusable('one in whose login a % is not written as %25')
  if (!/^\/?\d*$/.test(pathname)) throw noDatabase(pathname.slice(1))
  return url
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** ioredis would ask for it in a promise that nobody holds, and go on in another. */
function refuseDatabase({ db }: RedisOptions): void {
  if (db !== undefined && !(Number.isInteger(db) && db >= 0)) throw noDatabase(String(db))
}

function noDatabase(got: string): InvalidOptionError {
  return new InvalidOptionError(
    `Expected the database of Redis to be a whole number, as in 'redis://localhost:6379/0', got ${JSON.stringify(got)}.`,
  )
}

function unusable(got: string): InvalidOptionError {
  return new InvalidOptionError(
    `Expected a URL such as 'redis://localhost:6379', options of ioredis or an ioredis client, got ${got}.`,
  )
}

/** @throws {InvalidOptionError} */
export function refuseKeyPrefix({ keyPrefix }: { readonly keyPrefix?: string | undefined }): void {
  if (keyPrefix !== undefined && keyPrefix !== '')
    throw new InvalidOptionError('Expected a Redis client without `keyPrefix`: set `prefix` of the store instead.')
}

function hasSentinels(options: RedisOptions): boolean {
  return options.sentinels !== undefined && options.sentinels !== null
}

function addressOf(options: RedisOptions): string {
  if (hasSentinels(options)) {
    const places = options.sentinels!.map(({ host, port }) => `${host ?? 'localhost'}:${port ?? 26_379}`)
    return `${options.name} of Sentinels at ${places.join(', ')}`
  }
  if (options.path !== undefined && options.path !== null) return options.path
  return `${options.host ?? 'localhost'}:${options.port ?? 6379}`
}
