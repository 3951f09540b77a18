import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RawConnection } from './connection.ts'
import { RedisReplyError } from './resp.ts'
import type { Tether } from './tether.ts'

/** What one run of the server needs. */
export interface RedisRun {
  readonly binary: string
  readonly folder: string
  readonly port: number
  /** After the name of the configuration. */
  readonly arguments?: readonly string[]
  /** Lines of `redis.conf`. */
  readonly config: readonly string[]
  readonly admin: { readonly username: string; readonly password: string }
  readonly tether: Tether
}

/** A server that did not come up because something else listens on its port. */
export class PortTakenError extends Error {}

const startsWithinMs = 20_000

/** One run of a server process, from start to exit. */
export class RedisProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #hasExited = false

  private constructor(child: ChildProcess, tether: Tether) {
    const pid = child.pid!
    this.pid = pid
    this.#child = child
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        this.#hasExited = true
        tether.untie(pid)
        resolve()
      })
    })
    tether.tie(pid)
    child.unref()
  }

  /**
   * Starts the server and resolves when it answers PING.
   *
   * @throws {PortTakenError}
   * @throws {Error} with the end of its log, when it exits or does not answer within 20 s
   */
  static async start(run: RedisRun): Promise<RedisProcess> {
    const log = join(run.folder, 'redis.log')
    await writeFile(join(run.folder, 'redis.conf'), `${run.config.join('\n')}\n`)
    const child = await spawned(run, log)
    const server = new RedisProcess(child, run.tether)
    const giveUpAt = Date.now() + startsWithinMs
    while (!(await answers(run))) {
      if (!server.#hasExited && Date.now() < giveUpAt) {
        await sleep(5)
        continue
      }
      await server.kill()
      const said = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-8).join('\n')
      if (/Address already in use/i.test(said)) throw new PortTakenError(`Port ${run.port} is taken.`)
      throw new Error(`redis-server did not start. The end of its log:\n${said}`)
    }
    return server
  }

  get isRunning(): boolean {
    return !this.#hasExited
  }

  /** Sends SIGKILL and resolves when it has ended. */
  async kill(): Promise<void> {
    if (this.#hasExited) return
    this.#child.ref()
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Sends SIGSTOP and resolves when it stands still. */
  async freeze(): Promise<void> {
    this.#child.kill('SIGSTOP')
    while (!this.#hasExited && !(await isStopped(this.pid))) await sleep(1)
  }

  /** Sends SIGCONT. */
  thaw(): void {
    this.#child.kill('SIGCONT')
  }
}

/** Whether the server is up, and ours: no other one knows the password that was made for it. */
export async function answers(
  run: Pick<RedisRun, 'port' | 'admin'> & { readonly timeoutMs?: number },
): Promise<boolean> {
  let connection: RawConnection | undefined
  try {
    connection = await RawConnection.open({
      host: '127.0.0.1',
      port: run.port,
      ...run.admin,
      timeoutMs: run.timeoutMs ?? 2_000,
    })
    await connection.send(['PING'])
    return true
  } catch (error) {
    if (error instanceof RedisReplyError && error.code === 'WRONGPASS') throw new PortTakenError(error.message)
    return false
  } finally {
    connection?.close()
  }
}

/** Reads the state from /proc; where there is none the signal is taken as delivered. */
async function isStopped(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] === 'T'
  } catch {
    return true
  }
}

/** Its output goes to a file: what is wrong with its configuration it says before it has a log of its own. */
async function spawned(run: RedisRun, log: string): Promise<ChildProcess> {
  const file = await open(log, 'w')
  try {
    const child = spawn(run.binary, ['redis.conf', ...(run.arguments ?? [])], {
      cwd: run.folder,
      stdio: ['ignore', file.fd, file.fd],
    })
    if (child.pid !== undefined) return child
    const [error] = (await once(child, 'error')) as [Error]
    throw error
  } finally {
    await file.close()
  }
}
