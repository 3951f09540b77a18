import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Tether } from '../redis/tether.ts'
import type { Truth } from './truth.ts'
import { Wire } from './wire.ts'
import type { TruthMethods, WorkerMethods } from './worker-messages.ts'

const mostSaid = 4_000

/** A worker of a history, in a process of its own. It dies with this one. */
export class WorkerProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #wire: Wire<WorkerMethods>
  #said = ''
  #isClosing = false

  private constructor(child: ChildProcess, truth: Truth, tether: Tether) {
    this.pid = child.pid!
    this.#child = child
    const methods: TruthMethods = { truth: ({ write, read }) => truth.write(write, read) }
    this.#wire = new Wire<WorkerMethods>(child, methods)
    tether.tie(this.pid)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-mostSaid)))
    }
    child.once('exit', (code, signal) => {
      tether.untie(this.pid)
      const how = signal ?? `code ${code}`
      if (!this.#isClosing) this.#wire.break(new Error(`The worker ended with ${how}. It said: ${this.#said.trim()}`))
    })
  }

  static async start(truth: Truth, tether: Tether): Promise<WorkerProcess> {
    const extension = extname(import.meta.url)
    const child = fork(fileURLToPath(new URL(`worker${extension}`, import.meta.url)), {
      execArgv: extension === '.ts' ? ['--conditions=@holdfast/source'] : [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    await once(child, 'spawn')
    return new WorkerProcess(child, truth, tether)
  }

  /**
   * Calls a method of the worker.
   *
   * @throws {Error} when the worker has ended, with what it said, or does not answer in time
   */
  async call<K extends keyof WorkerMethods>(
    method: K,
    input: Parameters<WorkerMethods[K]>[0],
    withinMs = 30_000,
  ): Promise<Awaited<ReturnType<WorkerMethods[K]>>> {
    const patience = new AbortController()
    const late = sleep(withinMs, undefined, { signal: patience.signal }).then(
      () => Promise.reject(new Error(`The worker did not answer \`${method}\` within ${withinMs} ms.`)),
      () => undefined as never,
    )
    try {
      return await Promise.race([this.#wire.call(method, input), late])
    } finally {
      patience.abort()
    }
  }

  /** SIGSTOP. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  /** SIGCONT. */
  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  /** Closes its cache and ends it, in one way or another. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.thaw()
    await this.call('close', undefined, 5_000).catch(() => {})
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    const isOver = await Promise.race([exited.then(() => true), sleep(2_000, false, { ref: false })])
    if (isOver) return
    this.#child.kill('SIGKILL')
    await exited
  }
}
