import { isIPv6 } from 'node:net'
import { invalid, readBoolean, readInteger, readText, type Variables } from './variables.ts'

/** What the environment says of a connection, besides where it goes. */
export interface Login {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls: boolean
  readonly db: number | undefined
}

/**
 * The server's URL from `REDIS_URL`, or from `REDIS_HOST` and `REDIS_PORT`; completed by `REDIS_USERNAME`, `REDIS_PASSWORD`, `REDIS_DB` and
 * `REDIS_TLS` where the URL does not say these itself.
 *
 * @returns `undefined` when no server is named
 * @throws {InvalidOptionError} that names the variable; never with a value that may hold a password
 */
export function parseRedisUrl(variables: Variables): string | undefined {
  const login = readLogin(variables)
  const url = readText(variables, 'REDIS_URL')
  if (url !== undefined) return completeUrl(url, login)
  const host = readText(variables, 'REDIS_HOST')
  return host === undefined ? undefined : completeUrl(`redis://${parseHost(host)}:${parsePort(variables)}`, login)
}

/** Whether its parts mean what they say: no broken `%XX` in the login, and a database that is a number. */
function isUsable(url: URL): boolean {
  if (!/^rediss?:$/.test(url.protocol) || url.hostname === '' || !/^(?:\/\d{0,10})?$/.test(url.pathname)) return false
  try {
    decodeURIComponent(url.username + url.password)
    return true
  } catch {
    return false
  }
}

/** `REDIS_USERNAME`, `REDIS_PASSWORD`, `REDIS_TLS`, `REDIS_DB`. */
export function readLogin(variables: Variables): Login {
  return {
    username: readText(variables, 'REDIS_USERNAME'),
    // Not trimmed: a password may begin or end with a space.
    password: variables['REDIS_PASSWORD'] === '' ? undefined : variables['REDIS_PASSWORD'],
    tls: readBoolean(variables, 'REDIS_TLS', false),
    db: readInteger(variables, 'REDIS_DB', { min: 0, max: 2 ** 31 - 1 }),
  }
}

function completeUrl(text: string, { username, password, tls, db }: Login): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !isUsable(url)) {
    const expected =
      "a URL such as 'redis://user:password@localhost:6379/0', with special characters of the password as %XX"
    throw invalid('REDIS_URL', expected)
  }
  if (tls) url.protocol = 'rediss:'
  if (url.username === '' && username !== undefined) url.username = encodeURIComponent(username)
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password)
  if (/^\/?$/.test(url.pathname) && db !== undefined) url.pathname = `/${db}`
  return url.href
}

function parseHost(host: string): string {
  if (/^[\w.-]+$/.test(host)) return host
  const address = /^\[?([\da-f:.]*:[\da-f:.]*)\]?$/i.exec(host)?.[1]
  if (address !== undefined && isIPv6(address)) return `[${address}]`
  // Somebody may have put a whole URL there, with its password.
  throw invalid('REDIS_HOST', 'a host name or address; a whole URL goes into REDIS_URL')
}

function parsePort(variables: Variables): number {
  const text = readText(variables, 'REDIS_PORT')
  if (text?.startsWith('tcp://') === true) {
    const expected =
      'a port. Kubernetes sets it to an address where there is a service called redis; `enableServiceLinks: false` ends that'
    throw invalid('REDIS_PORT', expected, text)
  }
  return readInteger(variables, 'REDIS_PORT', { min: 1, max: 65_535 }) ?? 6379
}
