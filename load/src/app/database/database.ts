import { Worker } from 'node:worker_threads'
import type { StatementCounts } from './counted.ts'
import type { Procedures, Question, Reply } from './worker.ts'

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** The database as the API sees it: a thread that answers one question after the other. */
export class Database implements AsyncDisposable {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #calls = 0
  #counts: StatementCounts = { reads: 0, writes: 0 }
  #ended: Error | undefined

  /** @param path the file of {@link workingCopy} */
  constructor(path: string) {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { path } })
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('The database is closed.')))
  }

  /** How often it was asked, by {@link call}. */
  get calls(): number {
    return this.#calls
  }

  /** Questions that have not been answered yet. */
  get queued(): number {
    return this.#waiting.size
  }

  call<Name extends keyof Procedures>(
    procedure: Name,
    input: Parameters<Procedures[Name]>[1],
  ): Promise<ReturnType<Procedures[Name]>> {
    this.#calls++
    return this.#ask(procedure, input)
  }

  /** Exact: counted in the thread, where statements are run. */
  async counts(): Promise<StatementCounts> {
    await this.#ask(undefined, undefined)
    return this.#counts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #ask<T>(procedure: Question['procedure'], input: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, procedure, input } satisfies Question, [])
    })
  }

  #settle(reply: Reply): void {
    this.#counts = reply.counts
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.type === 'done') waiting?.resolve(reply.result as never)
    else waiting?.reject(reply.error)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
