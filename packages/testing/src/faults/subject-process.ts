import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Wire } from '../history/wire.ts'
import type { Tether } from '../redis/tether.ts'
import { leftIn, type SubjectMethods } from './worker-messages.ts'

const mostSaid = 4_000
/** A process that is still there so long after its cache was closed does not end by itself, however busy the machine. */
const leavesWithinMs = 10_000

/** How a process left. */
export interface Departure {
  /** How long `close()` took, without the process's own stalls, in milliseconds; `undefined` when it did not end. */
  readonly closedInMs: number | undefined
  /** How long after that the process ended by itself, without its own stalls, in milliseconds; `undefined` when it had to be killed. */
  readonly endedInMs: number | undefined
  /** What it ended with, if not with 0. */
  readonly failure: string | undefined
}

/** An application of the fault matrix, in a process of its own. It dies with this one. */
export class SubjectProcess {
  readonly #child: ChildProcess
  readonly #wire: Wire<SubjectMethods>
  #said = ''

  private constructor(child: ChildProcess, tether: Tether) {
    this.#child = child
    this.#wire = new Wire<SubjectMethods>(child, {})
    tether.tie(child.pid!)
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-mostSaid)))
    child.once('exit', (code, signal) => {
      tether.untie(child.pid!)
      this.#wire.break(new Error(`The process ended with ${signal ?? `code ${code}`}. It said: ${this.#said.trim()}`))
    })
  }

  static async start(tether: Tether): Promise<SubjectProcess> {
    const extension = extname(import.meta.url)
    const child = fork(fileURLToPath(new URL(`worker${extension}`, import.meta.url)), {
      execArgv: ['--expose-gc', ...(extension === '.ts' ? ['--conditions=@holdfast/source'] : [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    await once(child, 'spawn')
    return new SubjectProcess(child, tether)
  }

  /** @throws {Error} when the process has ended, with what it said, or does not answer in time */
  async call<K extends keyof SubjectMethods>(
    method: K,
    input: Parameters<SubjectMethods[K]>[0],
    withinMs = 30_000,
  ): Promise<Awaited<ReturnType<SubjectMethods[K]>>> {
    const patience = new AbortController()
    const late = sleep(withinMs, undefined, { signal: patience.signal }).then(
      () => Promise.reject(new Error(`The process did not answer \`${method}\` within ${withinMs} ms.`)),
      () => undefined as never,
    )
    try {
      return await Promise.race([this.#wire.call(method, input), late])
    } finally {
      patience.abort()
    }
  }

  /** Closes its cache and waits for it to end by itself. */
  async leave(): Promise<Departure> {
    const exited = once(this.#child, 'exit') as Promise<[number | null, string | null]>
    const closed = await this.call('leave', undefined, 5_000).catch((error: unknown) => error as Error)
    if (closed instanceof Error) {
      await this.kill()
      return { closedInMs: undefined, endedInMs: undefined, failure: closed.message.slice(0, 300) }
    }
    const [code, signal] = await Promise.race([
      exited,
      sleep(leavesWithinMs, [undefined, undefined] as const, { ref: false }),
    ])
    const closedInMs = Math.max(0, closed.closedInMs - closed.stalledMs)
    if (code === undefined) {
      await this.kill()
      return { closedInMs, endedInMs: undefined, failure: undefined }
    }
    const failure = code === 0 ? undefined : `${signal ?? `code ${code}`}: ${this.#said.trim().slice(-300)}`
    const endedInMs = Number(new RegExp(`${leftIn} (\\d+)`).exec(this.#said)?.[1] ?? Number.NaN)
    return { closedInMs, endedInMs, failure }
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}
