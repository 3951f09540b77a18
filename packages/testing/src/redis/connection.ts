import { connect, type Socket } from 'node:net'
import { encodeCommand, RedisReplyError, RespParser, type RespReply } from './resp.ts'

/** Where and as whom to connect. */
export interface RawConnectionOptions {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  /**
   * How long connecting, and each reply, may take, in milliseconds.
   *
   * @default 10_000
   */
  readonly timeoutMs?: number
}

type Waiting = { readonly resolve: (reply: RespReply) => void; readonly reject: (error: Error) => void }

/**
 * A test's own connection to a Redis server, which shares no code with the client under test. It keeps the process alive
 * only while a reply is awaited.
 */
export class RawConnection {
  readonly #socket: Socket
  readonly #parser = new RespParser()
  readonly #waiting: Waiting[] = []
  readonly #timeoutMs: number
  #ended: Error | undefined
  #onPush: ((reply: RespReply) => void) | undefined

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    socket.unref()
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new Error('The connection to Redis was closed.')))
  }

  /** @throws when the server does not answer in time, or refuses the name and password */
  static async open(options: RawConnectionOptions): Promise<RawConnection> {
    const timeoutMs = options.timeoutMs ?? 10_000
    const socket = await connected(options, timeoutMs)
    const connection = new RawConnection(socket, timeoutMs)
    if (options.password === undefined) return connection
    try {
      await connection.send(['AUTH', options.username ?? 'default', options.password])
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#ended === undefined
  }

  /**
   * Sends a command and resolves with its reply.
   *
   * @throws {RedisReplyError} when the server answers with an error
   */
  send(args: readonly (string | number | Uint8Array)[]): Promise<RespReply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      const timer = setTimeout(() => {
        this.#end(new Error(`Redis did not answer ${String(args[0])} within ${this.#timeoutMs} ms.`))
      }, this.#timeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        if (this.#waiting.length === 0) this.#socket.unref()
      }
      this.#waiting.push({
        resolve: (reply) => {
          settle()
          if (reply instanceof RedisReplyError) reject(reply)
          else resolve(reply)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      this.#socket.ref()
      this.#socket.write(encodeCommand(args))
    })
  }

  /** Sends a command such as MONITOR or SUBSCRIBE; every reply after its first goes to `onPush`. */
  async stream(args: readonly string[], onPush: (reply: RespReply) => void): Promise<void> {
    this.#onPush = onPush
    await this.send(args)
  }

  close(): void {
    this.#end(new Error('The connection was closed by the test.'))
  }

  #read(chunk: Uint8Array): void {
    for (const reply of this.#parser.push(chunk)) {
      const waiting = this.#waiting.shift()
      if (waiting === undefined) this.#onPush?.(reply)
      else waiting.resolve(reply)
    }
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.#socket.destroy()
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}

function connected(options: RawConnectionOptions, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: options.host, port: options.port, noDelay: true })
    const timer = setTimeout(
      () => socket.destroy(new Error(`No connection to Redis within ${timeoutMs} ms.`)),
      timeoutMs,
    )
    socket.once('error', reject)
    socket.once('close', () => clearTimeout(timer))
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
