import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RawConnection } from './connection.ts'
import { freePort } from './free-port.ts'
import { provideRedisServer } from './provide.ts'
import { answers, PortTakenError, RedisProcess, type RedisRun } from './redis-process.ts'
import type { RespReply } from './resp.ts'
import { tether, type Tether } from './tether.ts'
import type { Authority } from './certificate.ts'
import { openTlsEnd, tlsLines, type TlsEnd } from './tls-end.ts'

/** How a test's server is set up. */
export interface StartRedisOptions {
  /**
   * Directives of `redis.conf`, each value as it stands there, a list for a directive that may be repeated:
   * `{ maxmemory: '10mb', save: '""', user: ['app on >pw ~* &* +@read', 'other on >pw ~* &* +@all'] }`.
   *
   * @default no persistence, no limits
   */
  readonly config?: Readonly<Record<string, string | number | readonly string[]>>
  /**
   * The password of the default user.
   *
   * @default none is needed
   */
  readonly password?: string
  /**
   * Listens with TLS too: {@link RedisServer.tls} says where. With a certificate of this authority, or of one made for this server alone.
   *
   * @default false
   */
  readonly tls?: boolean | Authority
  /**
   * Runs as a Sentinel, which keeps no data.
   *
   * @default false
   */
  readonly sentinel?: boolean
  /**
   * The server's executable.
   *
   * @default what {@link provideRedisServer} finds
   */
  readonly binary?: string
}

/** What a restarted server begins with. */
export interface RestartOptions {
  /**
   * `empty`: nothing. `kept`: all it had, or, when it is dead already, what its last {@link RedisServer.save} wrote. `older`: what its
   * last `save()` wrote, without what came after it.
   */
  readonly data: 'empty' | 'kept' | 'older'
}

/** A reply with bulk strings as text. */
export type TextReply = string | number | null | Error | readonly TextReply[]

/** A real Redis server of a test. Dies with the process that started it, however that ends. */
export interface RedisServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** `redis://127.0.0.1:…`, with the password where there is one. */
  readonly url: string
  readonly isRunning: boolean
  /** Where it listens with TLS, and the certificate that clients must trust; `undefined` when it was not asked for. */
  readonly tls: TlsEnd | undefined
  /** The path of its Unix socket. */
  readonly socketPath: string
  /**
   * Runs a command on the test's own connection, which may do everything whatever the rights of others.
   *
   * @throws {RedisReplyError} when the server answers with an error
   */
  command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply>
  /** As {@link command}, with bulk strings as bytes. */
  commandBytes(...args: readonly (string | number | Uint8Array)[]): Promise<RespReply>
  /** A user of the test's own who may do everything, such as move keys between servers. */
  readonly admin: { readonly username: string; readonly password: string }
  /** Whether it answers a PING within a second: it runs, and is not frozen. */
  answers(): Promise<boolean>
  /** Another connection with all rights. The test closes it. */
  connect(): Promise<RawConnection>
  /** How often each command has been called since the server started, by lower-case name; subcommands as `client|id`. */
  commandCounts(): Promise<ReadonlyMap<string, number>>
  /** Writes all data to its file, to which `restart({ data: 'older' })` returns. */
  save(): Promise<void>
  /** SIGKILL; nothing is written. Resolves when the process has ended. */
  kill(): Promise<void>
  /** SIGSTOP: connections stay open, nothing is answered. Resolves when it stands still. */
  freeze(): Promise<void>
  /** SIGCONT. */
  thaw(): void
  /** Kills it if it runs, and starts it again on the same port. */
  restart(options: RestartOptions): Promise<void>
  /** Kills it and removes its files. Idempotent; `await using` calls it. */
  stop(): Promise<void>
}

/**
 * Starts a Redis server on a free port of 127.0.0.1, with its files in a temporary folder.
 *
 * @throws {Error} when there is no server to run (see {@link provideRedisServer}), or it does not start; with the end of its log
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const binary = options.binary ?? (await provideRedisServer())
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-redis-'))
  const tie = tether(folder)
  const admin = { username: 'holdfast-testing', password: randomBytes(16).toString('hex') }
  try {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort()
      const tls = await openTlsEnd(folder, options.tls)
      const config = [...configLines(port, admin, options), ...(tls === undefined ? [] : tlsLines(tls.port))]
      const mode = options.sentinel === true ? ['--sentinel'] : []
      const run = { binary, folder, port, admin, tether: tie, config, arguments: mode }
      try {
        return new OwnRedis(run, await RedisProcess.start(run), { password: options.password, tls })
      } catch (error) {
        if (!(error instanceof PortTakenError) || attempt === 10) throw error
      }
    }
  } catch (error) {
    await tie.cut()
    throw error
  }
}

class OwnRedis implements RedisServer {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly url: string
  readonly tls: TlsEnd | undefined
  readonly socketPath: string
  readonly #run: RedisRun
  readonly #tether: Tether
  #process: RedisProcess
  #connection: Promise<RawConnection> | undefined
  #stopped: Promise<void> | undefined

  constructor(
    run: RedisRun,
    process: RedisProcess,
    { password, tls }: { password: string | undefined; tls: { port: number; ca: string } | undefined },
  ) {
    const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`
    this.port = run.port
    this.url = `redis://${login}127.0.0.1:${run.port}`
    this.tls = tls && { ...tls, url: `rediss://${login}127.0.0.1:${tls.port}` }
    this.socketPath = join(run.folder, 'redis.sock')
    this.#run = run
    this.#tether = run.tether
    this.#process = process
  }

  get isRunning(): boolean {
    return this.#process.isRunning
  }

  async command(...args: readonly (string | number | Uint8Array)[]): Promise<TextReply> {
    return asText(await this.commandBytes(...args))
  }

  async commandBytes(...args: readonly (string | number | Uint8Array)[]): Promise<RespReply> {
    const connection = await this.#openConnection()
    return connection.send(args)
  }

  get admin(): RedisRun['admin'] {
    return this.#run.admin
  }

  async answers(): Promise<boolean> {
    if (!this.isRunning) return false
    return answers({ ...this.#run, timeoutMs: 1_000 }).catch(() => false)
  }

  connect(): Promise<RawConnection> {
    return RawConnection.open({ host: this.host, port: this.port, ...this.#run.admin })
  }

  async commandCounts(): Promise<ReadonlyMap<string, number>> {
    const info = String(await this.command('INFO', 'commandstats'))
    return new Map([...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map((match) => [match[1]!, Number(match[2])]))
  }

  async save(): Promise<void> {
    await this.command('SAVE')
  }

  async kill(): Promise<void> {
    await this.#process.kill()
    const dead = await this.#connection?.catch(() => undefined)
    dead?.close()
  }

  freeze(): Promise<void> {
    return this.#process.freeze()
  }

  thaw(): void {
    this.#process.thaw()
  }

  async restart(options: RestartOptions): Promise<void> {
    if (this.#stopped !== undefined) throw new Error('The server was stopped; start another one.')
    this.thaw()
    if (options.data === 'kept' && this.isRunning) await this.save()
    await this.kill()
    const file = join(this.#run.folder, 'dump.rdb')
    if (options.data === 'empty') await rm(file, { force: true })
    else if (!existsSync(file)) throw new Error('There is no data to restart with: call save() before kill().')
    this.#process = await startAgain(this.#run)
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<void> {
    await this.kill()
    await this.#tether.cut()
  }

  async #openConnection(): Promise<RawConnection> {
    const open = await this.#connection?.catch(() => undefined)
    if (open?.isOpen === true) return open
    this.#connection = this.connect()
    return this.#connection
  }
}

/** The port was ours a moment ago; whoever took it meanwhile is given five seconds to leave. */
async function startAgain(run: RedisRun): Promise<RedisProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await RedisProcess.start(run)
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 50) throw error
      await sleep(100)
    }
  }
}

function configLines(port: number, admin: RedisRun['admin'], options: StartRedisOptions): string[] {
  const lines = ['bind 127.0.0.1', `port ${port}`, `user ${admin.username} on >${admin.password} ~* &* +@all`]
  if (options.sentinel !== true)
    lines.push(
      'save ""',
      'appendonly no',
      'repl-diskless-sync-delay 0',
      'enable-debug-command yes',
      'unixsocket redis.sock',
    )
  if (options.password !== undefined) {
    const password = JSON.stringify(options.password)
    lines.push(`requirepass ${password}`, `masterauth ${password}`)
  }
  for (const [name, value] of Object.entries(options.config ?? {})) {
    for (const each of typeof value === 'object' ? value : [value]) lines.push(`${name} ${each}`)
  }
  return lines
}

function asText(reply: RespReply): TextReply {
  if (Buffer.isBuffer(reply)) return reply.toString('utf8')
  if (Array.isArray(reply)) return (reply as readonly RespReply[]).map(asText)
  return reply as Exclude<RespReply, Buffer | readonly RespReply[]>
}
