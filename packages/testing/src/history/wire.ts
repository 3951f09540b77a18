/** One side of the pipe between a process and its child: `process` itself, or a `ChildProcess`. */
export interface Port {
  send?(message: unknown, callback: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
}

type Message =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: string }

/** Methods by name, each with one argument and a result that are plain data. */
export type Methods = { readonly [method: string]: (input: never) => unknown }

type Answer<M extends Methods, K extends keyof M> = Promise<Awaited<ReturnType<M[K]>>>

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/** Calls of the other process's methods, and answers to its calls of ours. */
export class Wire<Theirs extends Methods> {
  readonly #port: Port
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0
  #broken: Error | undefined

  constructor(port: Port, own: Methods) {
    this.#port = port
    port.on('message', (message) => this.#hear(message as Message, own))
  }

  /** @throws what the other side's method threw, as text, or why the wire broke */
  call<K extends keyof Theirs & string>(method: K, input: Parameters<Theirs[K]>[0]): Answer<Theirs, K> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) return reject(this.#broken)
      const id = (this.#calls += 1)
      this.#waiting.set(id, { resolve, reject })
      this.#send({ type: 'call', id, method, input })
    })
  }

  /** The other process has gone: calls reject from now on. */
  break(error: Error): void {
    this.#broken ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#broken)
    this.#waiting.clear()
  }

  #hear(message: Message, own: Methods): void {
    if (message.type === 'call') {
      this.#answer(message, own).catch((error: unknown) =>
        this.#send({ type: 'error', id: message.id, error: error instanceof Error ? error.message : String(error) }),
      )
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.type === 'error') waiting?.reject(new Error(message.error))
    else waiting?.resolve(message.result as never)
  }

  async #answer({ id, method, input }: Extract<Message, { type: 'call' }>, own: Methods): Promise<void> {
    const result: unknown = await own[method]!(input as never)
    this.#send({ type: 'result', id, result })
  }

  #send(message: Message): void {
    if (this.#port.send === undefined) return this.break(new Error('There is no process at the other end.'))
    this.#port.send(message, (error) => {
      if (error !== null) this.break(error)
    })
  }
}
