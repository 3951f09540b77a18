import { isIPv6 } from 'node:net'
import { readLogin, parseRedisUrl, type Login } from './redis-url.ts'
import { invalid, readText, type Variables } from './variables.ts'

/** Where the environment says that Redis is, as `redisStore` takes it: a URL, what Sentinels watch, or a cluster. */
export type RedisFromEnvironment = string | SentinelPlaces | ClusterPlaces

interface Place {
  readonly host: string
  readonly port: number
}

interface Access {
  readonly username?: string
  readonly password?: string
  readonly tls?: {}
}

interface ClusterPlaces {
  readonly cluster: readonly Place[]
  readonly redisOptions: Access
}

interface SentinelPlaces extends Access {
  readonly sentinels: Place[]
  readonly name: string
  readonly sentinelUsername?: string
  readonly sentinelPassword?: string
  readonly db?: number
  readonly enableTLSForSentinelMode?: boolean
  readonly sentinelTLS?: {}
}

/**
 * Where Redis is: a cluster by `REDIS_CLUSTER_NODES`, a primary that Sentinels watch by `REDIS_SENTINELS` and `REDIS_SENTINEL_NAME`, else one server
 * (see {@link parseRedisUrl}).
 *
 * @returns what `redisStore` takes; `undefined` when nothing is named
 * @throws {InvalidOptionError} that names the variable; never with a value that may hold a password
 */
export function parseRedisPlace(variables: Variables): RedisFromEnvironment | undefined {
  const nodes = readPlaces(variables, 'REDIS_CLUSTER_NODES', 6379)
  const sentinels = readPlaces(variables, 'REDIS_SENTINELS', 26_379)
  if (nodes === undefined && sentinels === undefined) return parseRedisUrl(variables)
  if (nodes !== undefined && sentinels !== undefined)
    throw invalid('REDIS_SENTINELS', 'unset where there are REDIS_CLUSTER_NODES')
  for (const name of ['REDIS_URL', 'REDIS_HOST']) {
    if (readText(variables, name) !== undefined)
      throw invalid(name, 'unset where there are REDIS_CLUSTER_NODES or REDIS_SENTINELS')
  }
  const login = readLogin(variables)
  if (nodes !== undefined) {
    if (login.db !== undefined && login.db !== 0) throw invalid('REDIS_DB', 'unset or 0: a cluster has one database')
    return { cluster: nodes, redisOptions: optionsOf(login) }
  }
  return sentinelsOf(variables, sentinels!, login)
}

/** Where it is, in a few words without credentials. */
export function describePlace(place: RedisFromEnvironment): string {
  if (typeof place === 'string') return URL.canParse(place) ? new URL(place).host : 'the given address'
  return 'cluster' in place ? `the cluster at ${listed(place.cluster)}` : `Sentinels at ${listed(place.sentinels)}`
}

function listed(places: readonly Place[]): string {
  return places.map(({ host, port }) => `${host}:${port}`).join(', ')
}

function sentinelsOf(variables: Variables, sentinels: readonly Place[], login: Login): SentinelPlaces {
  const name = readText(variables, 'REDIS_SENTINEL_NAME')
  if (name === undefined) throw invalid('REDIS_SENTINEL_NAME', 'what the Sentinels call the primary, such as mymaster')
  const username = readText(variables, 'REDIS_SENTINEL_USERNAME')
  const password = variables['REDIS_SENTINEL_PASSWORD']
  return {
    sentinels: [...sentinels],
    name,
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined || password === '' ? {} : { sentinelPassword: password }),
    ...(login.db === undefined ? {} : { db: login.db }),
    ...optionsOf(login),
    ...(login.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  }
}

function optionsOf({ username, password, tls }: Login): Access {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  }
}

/** `host:port` after commas; `[::1]:6379` for an address with colons. */
function readPlaces(variables: Variables, name: string, port: number): readonly Place[] | undefined {
  const text = readText(variables, name)
  if (text === undefined) return undefined
  const places = text.split(',').flatMap((each) => (each.trim() === '' ? [] : [placeIn(each.trim(), name, port)]))
  if (places.length === 0) throw invalid(name, 'a list of host:port')
  return places
}

function placeIn(text: string, name: string, defaultPort: number): Place {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text)
  const port = Number(match?.[3] ?? defaultPort)
  // A URL may hold a password: it is not shown.
  const isAddress = match?.[1] === undefined || isIPv6(match[1])
  if (match === null || !isAddress || port < 1 || port > 65_535)
    throw invalid(name, 'a list of host:port such as redis-1:6379,redis-2:6379')
  return { host: match[1] ?? match[2]!, port }
}
