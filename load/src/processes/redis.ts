import { RawConnection, startRedis, type RedisServer } from '@holdfast/testing/redis'
import { randomBytes } from 'node:crypto'

/** A server of ours, with what can be done to it. */
export interface OwnRedis extends RedisServer {
  /** Of its first process; a restarted server has another. */
  readonly pid: number
}

/** The Redis of a run. */
export interface RunRedis extends AsyncDisposable {
  readonly url: string
  /** A prefix that nobody else uses. */
  readonly prefix: string
  /** Where it is, without a password. */
  readonly address: string
  readonly version: string
  /** A process of ours, which we may kill; absent: somebody else's. */
  readonly own: OwnRedis | undefined
}

/** A server of our own, on a free port, without persistence. */
export async function ownRedis(config: Readonly<Record<string, string | number>> = {}): Promise<RunRedis> {
  const server = await startRedis({ config })
  const info = String(await server.command('INFO', 'server'))
  return {
    url: server.url,
    prefix: 'localpower:',
    address: `127.0.0.1:${server.port}`,
    version: versionIn(info),
    own: Object.assign(server, { pid: Number(/process_id:(\d+)/.exec(info)?.[1]) }),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/**
 * The server that an URL names. Our keys there are removed in the end.
 *
 * @throws {Error} when it does not answer
 */
export async function foreignRedis(url: string): Promise<RunRedis> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const connect = async (): Promise<RawConnection> => {
    const connection = await RawConnection.open({
      host: hostname,
      port: Number(port || 6_379),
      timeoutMs: 2_000,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    })
    if (pathname.length > 1) await connection.send(['SELECT', pathname.slice(1)])
    return connection
  }
  const prefix = `localpower-load-${randomBytes(4).toString('hex')}:`
  const connection = await connect()
  const info = String(await connection.send(['INFO', 'server']))
  connection.close()
  return {
    url,
    prefix,
    address: `${hostname}:${port || 6_379}`,
    version: versionIn(info),
    own: undefined,
    [Symbol.asyncDispose]: async () => {
      const cleaning = await connect()
      await removeKeys(cleaning, prefix)
      cleaning.close()
    },
  }
}

async function removeKeys(connection: RawConnection, prefix: string): Promise<void> {
  let cursor = '0'
  do {
    const reply = (await connection.send(['SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000])) as readonly [
      Buffer,
      readonly Buffer[],
    ]
    cursor = String(reply[0])
    if (reply[1].length > 0) await connection.send(['UNLINK', ...reply[1]])
  } while (cursor !== '0')
}

function versionIn(info: string): string {
  return /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? 'unknown'
}
