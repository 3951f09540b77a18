import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from './start-cluster.ts'
import { startRedis, type RedisServer, type StartRedisOptions } from './start-redis.ts'

/** How a test's primary, its replicas and their Sentinels are made. */
export interface StartSentinelsOptions extends Omit<StartRedisOptions, 'tls' | 'sentinel'> {
  /** @default 3 */
  readonly sentinels?: number
  /** @default 1 */
  readonly replicas?: number
  /** What the Sentinels call the primary. @default 'main' */
  readonly name?: string
  /** How long the primary may be silent before it is taken for dead, in milliseconds. @default 500 */
  readonly downAfterMs?: number
}

/** A primary with replicas, watched by Sentinels. They die with the process that started them. */
export interface RedisSentinels extends AsyncDisposable {
  /** What the Sentinels call the primary. */
  readonly name: string
  /** The primary as it was made, then its replicas. */
  readonly servers: readonly RedisServer[]
  readonly sentinels: readonly RedisServer[]
  /** Where the Sentinels are. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
  /** The primary in the eyes of the Sentinels now. */
  primary(): Promise<RedisServer>
  /** Lets a replica take over from a primary that is alive. Resolves when the Sentinels say so. */
  failOver(): Promise<void>
  /** Resolves when the Sentinels call another server primary than this one, within 20 s. */
  failedOverFrom(server: RedisServer): Promise<void>
  /** Resolves when there is one primary, and every other server that runs follows it, within 20 s. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts servers and Sentinels on free ports of 127.0.0.1, and resolves when they know each other.
 *
 * @throws {Error} when one does not start, or they do not find each other within 20 s
 */
export async function startSentinels(options: StartSentinelsOptions = {}): Promise<RedisSentinels> {
  const { sentinels: count = 3, replicas = 1, name = 'main', downAfterMs = 500, ...server } = options
  const started: RedisServer[] = []
  const start = async (with_: StartRedisOptions): Promise<RedisServer> => {
    const one = await startRedis(with_)
    started.push(one)
    return one
  }
  const stop = async (): Promise<void> => void (await Promise.all(started.map((one) => one.stop())))
  try {
    const servers = await allOf(Array.from({ length: 1 + replicas }, () => start(server)))
    const [primary, ...followers] = servers
    for (const follower of followers) await follower.command('REPLICAOF', '127.0.0.1', primary!.port)
    const config = {
      sentinel: [`monitor ${name} 127.0.0.1 ${primary!.port} ${Math.floor(count / 2) + 1}`].concat(
        [`down-after-milliseconds ${name} ${downAfterMs}`, `failover-timeout ${name} 3000`],
        options.password === undefined ? [] : [`auth-pass ${name} ${options.password}`],
      ),
    }
    const binary = options.binary === undefined ? {} : { binary: options.binary }
    const sentinels = await allOf(Array.from({ length: count }, () => start({ ...binary, sentinel: true, config })))
    const watched = new OwnSentinels({ name, servers, sentinels, stop })
    await watched.acquainted()
    return watched
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits for all, also when one fails: what has started can be stopped then. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

interface Made {
  readonly name: string
  readonly servers: readonly RedisServer[]
  readonly sentinels: readonly RedisServer[]
  readonly stop: () => Promise<void>
}

class OwnSentinels implements RedisSentinels {
  readonly name: string
  readonly servers: readonly RedisServer[]
  readonly sentinels: readonly RedisServer[]
  readonly stop: () => Promise<void>

  constructor(made: Made) {
    this.name = made.name
    this.servers = made.servers
    this.sentinels = made.sentinels
    this.stop = made.stop
  }

  get addresses(): readonly { readonly host: string; readonly port: number }[] {
    return this.sentinels.map(({ host, port }) => ({ host, port }))
  }

  async primary(): Promise<RedisServer> {
    const ports = await this.#primaryPorts()
    const server = this.servers.find(({ port }) => port === ports[0])
    if (server === undefined || ports.some((port) => port !== ports[0]))
      throw new Error(`The Sentinels do not agree on a primary: ports ${ports.join(', ')}.`)
    return server
  }

  async failOver(): Promise<void> {
    const from = await this.primary()
    // Refused while another failover is under way, and while the replica is not known to be good.
    await eventually(async () => {
      await this.sentinels[0]!.command('SENTINEL', 'FAILOVER', this.name).catch(() => undefined)
      await sleep(200)
      return (await this.primary()) !== from
    }, 'The Sentinels did not fail over')
    await this.settled()
  }

  async failedOverFrom(server: RedisServer): Promise<void> {
    await eventually(async () => (await this.primary()) !== server, 'The Sentinels did not fail over')
  }

  async settled(): Promise<void> {
    await eventually(async () => {
      const primary = await this.primary()
      for (const server of this.servers) {
        if (!(await server.answers())) continue
        const replication = String(await server.command('INFO', 'replication'))
        if (server === primary ? !/role:master/.test(replication) : !isFollowing(replication, primary)) return false
      }
      return true
    }, 'There is not one primary that all follow')
  }

  /** Resolves when each Sentinel knows the others and all replicas. */
  async acquainted(): Promise<void> {
    await this.settled()
    await eventually(async () => {
      for (const sentinel of this.sentinels) {
        const text = String(await sentinel.command('INFO', 'sentinel'))
        const isWhole = text.includes(`slaves=${this.servers.length - 1},sentinels=${this.sentinels.length}`)
        if (!isWhole || !text.includes('status=ok')) return false
      }
      return true
    }, 'The Sentinels do not know each other')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #primaryPorts(): Promise<readonly number[]> {
    const replies = await Promise.all(
      this.sentinels
        .filter(({ isRunning }) => isRunning)
        .map((sentinel) => sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.name)),
    )
    return replies.map((reply) => Number((reply as readonly string[])[1]))
  }
}

function isFollowing(replication: string, primary: RedisServer): boolean {
  return replication.includes(`master_port:${primary.port}\r`) && replication.includes('master_link_status:up')
}
