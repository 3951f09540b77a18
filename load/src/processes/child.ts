import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process that ends with this one, however this one ends: it watches its channel. */
export interface Child<Message> extends AsyncDisposable {
  readonly pid: number
  /** The next message. Rejects when the process ends before, with the end of what it wrote. */
  next(): Promise<Message>
  send(message: object): void
  /** Whether it runs. */
  readonly isRunning: boolean
  /** Resolves when it has ended; SIGKILL after two seconds. */
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly execArgv?: readonly string[]
}

/** Starts a module of ours as a process, with the sources of the workspace. */
export function startChild<Message>(module: URL, options: ChildOptions = {}): Child<Message> {
  const child = fork(fileURLToPath(module), [], {
    env: { ...process.env, ...options.env },
    execArgv: ['--conditions=@holdfast/source', ...(options.execArgv ?? [])],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  return new OwnChild(child)
}

class OwnChild<Message> implements Child<Message> {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #messages: Message[] = []
  readonly #waiting: { readonly resolve: (message: Message) => void; readonly reject: (error: Error) => void }[] = []
  readonly #ended: Promise<void>
  #wrote = ''
  #failure: Error | undefined

  constructor(child: ChildProcess) {
    this.pid = child.pid ?? 0
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#wrote = (this.#wrote + text).slice(-4_000)
    })
    child.on('message', (message) => this.#receive(message as Message))
    child.on('error', (error) => this.#end(error))
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#end(new Error(`The process ended with ${signal ?? `code ${code}`}.\n${this.#wrote}`.trim()))
        resolve()
      })
    })
  }

  get isRunning(): boolean {
    return this.#failure === undefined
  }

  next(): Promise<Message> {
    const message = this.#messages.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  send(message: object): void {
    // Whoever waits for the answer hears of a process that has ended.
    if (this.isRunning) this.#child.send(message, () => {})
  }

  async stop(): Promise<void> {
    if (this.isRunning) {
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000)
      this.#child.kill('SIGTERM')
      await this.#ended
      clearTimeout(timer)
    }
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #receive(message: Message): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#messages.push(message)
    else waiting.resolve(message)
  }

  #end(failure: Error): void {
    this.#failure ??= failure
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
