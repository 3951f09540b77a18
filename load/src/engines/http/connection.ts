import { connect, type Socket } from 'node:net'
import { parseResponse, type HttpAnswer } from './parse-response.ts'

/** What became of a request. Instants are `performance.now()`. */
export type Reply =
  | { readonly type: 'answered'; readonly answer: HttpAnswer; readonly firstByteAt: number; readonly endAt: number }
  | { readonly type: 'failed'; readonly reason: 'timeout' | 'connection'; readonly endAt: number }

/**
 * A kept-alive connection that carries one request at a time. A client of our own: what `node:http` spends on a request would be
 * taken from the server under test, which shares the machine.
 */
export class Connection {
  /** When its last request was over, of `performance.now()`. */
  freeAt = 0
  readonly #socket: Socket
  readonly #onFree: (connection: Connection) => void
  #received: Buffer | undefined
  #firstByteAt = 0
  #settle: ((reply: Reply) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #isOpen = true

  constructor(target: { readonly host: string; readonly port: number }, onFree: (connection: Connection) => void) {
    this.#onFree = onFree
    this.#socket = connect({ ...target, noDelay: true })
    this.#socket.on('data', (bytes) => this.#read(bytes))
    this.#socket.on('error', () => this.#fail('connection'))
    this.#socket.on('close', () => this.#fail('connection'))
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Writes a whole request; `settle` is called once. */
  request(head: string, timeoutMs: number, settle: (reply: Reply) => void): void {
    this.#settle = settle
    this.#firstByteAt = 0
    // A process that stood still finds its timers due before it has read what came meanwhile: that is read first.
    this.#timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#settle === settle) this.#fail('timeout')
      })
    }, timeoutMs)
    this.#socket.write(head)
  }

  close(): void {
    this.#fail('connection')
  }

  #read(bytes: Buffer): void {
    if (this.#firstByteAt === 0) this.#firstByteAt = performance.now()
    this.#received = this.#received === undefined ? bytes : Buffer.concat([this.#received, bytes])
    const parsed = parseResponse(this.#received)
    if (parsed.type === 'more') return
    // Bytes beyond the answer belong to no request of ours.
    if (parsed.type === 'broken' || parsed.length < this.#received.length) return this.#fail('connection')
    this.#received = undefined
    if (!parsed.answer.keepsAlive) this.#end()
    this.#finish({
      type: 'answered',
      answer: parsed.answer,
      firstByteAt: this.#firstByteAt,
      endAt: performance.now(),
    })
  }

  #fail(reason: 'timeout' | 'connection'): void {
    this.#end()
    this.#finish({ type: 'failed', reason, endAt: performance.now() })
  }

  #end(): void {
    this.#isOpen = false
    this.#socket.destroy()
  }

  #finish(reply: Reply): void {
    const settle = this.#settle
    if (settle === undefined) return
    this.#settle = undefined
    clearTimeout(this.#timer)
    this.freeAt = performance.now()
    settle(reply)
    this.#onFree(this)
  }
}
