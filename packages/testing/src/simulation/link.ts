import { ServerError, type ServerReply } from './commands.ts'
import type { ClientEnd, Connection } from './connection.ts'

/** A command as clients write it. */
export type SimulatedCommand = readonly [name: string, ...args: readonly (string | Uint8Array)[]]

/** A reply as clients read it; an error reply is of the client's own kind. */
export type SimulatedReply<E> = Buffer | number | null | E | readonly SimulatedReply<E>[]

/** How the client under test shows errors. */
export interface LinkErrors<E extends Error, C extends Error> {
  readonly reply: (line: string) => E
  readonly closed: (message: string) => C
}

interface Batch<E> {
  readonly replies: SimulatedReply<E>[]
  readonly size: number
  readonly resolve: (replies: readonly SimulatedReply<E>[]) => void
  readonly reject: (error: Error) => void
}

/** A client's end of a connection: sends batches of commands, resolves with their replies, or listens to channels. */
export class SimulatedLink<E extends Error, C extends Error> {
  readonly opened: Promise<void>
  isOpen = false
  onClosed: ((cause: C) => void) | undefined
  onMessage: ((channel: string, message: Buffer) => void) | undefined
  readonly #errors: LinkErrors<E, C>
  readonly #connection: Connection
  readonly #pending: Batch<E>[] = []
  #ended: C | undefined
  #settleOpened!: { readonly resolve: () => void; readonly reject: (error: C) => void }

  constructor(errors: LinkErrors<E, C>, connect: (end: ClientEnd) => Connection) {
    this.#errors = errors
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpened = { resolve, reject }
    })
    // Whoever waits for it is told; nobody has to.
    this.opened.catch(() => undefined)
    this.#connection = connect({
      opened: () => {
        this.isOpen = true
        this.#settleOpened.resolve()
      },
      replied: (reply) => this.#replied(reply),
      pushed: (channel, message) => this.onMessage?.(channel.toString(), message),
      ended: (reason) => this.#end(errors.closed(reason)),
    })
  }

  send(commands: readonly SimulatedCommand[]): Promise<readonly SimulatedReply<E>[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    if (!this.isOpen) return Promise.reject(this.#errors.closed('The connection is not open yet.'))
    if (commands.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      this.#pending.push({ replies: [], size: commands.length, resolve, reject })
      this.#connection.send(commands.map((command) => command.map(asBytes)))
    })
  }

  async subscribe(channels: readonly string[]): Promise<E | undefined> {
    const [reply] = await this.send([['SUBSCRIBE', ...channels]])
    return reply instanceof Error ? reply : undefined
  }

  async ping(): Promise<void> {
    await this.send([['PING']])
  }

  close(): void {
    this.onClosed = undefined
    this.#connection.close()
    this.#end(this.#errors.closed('The connection was closed.'))
  }

  #replied(reply: ServerReply): void {
    const batch = this.#pending[0]!
    batch.replies.push(this.#asClient(reply))
    if (batch.replies.length < batch.size) return
    this.#pending.shift()
    batch.resolve(batch.replies)
  }

  #asClient(reply: ServerReply): SimulatedReply<E> {
    if (reply instanceof ServerError) return this.#errors.reply(reply.line)
    if (Buffer.isBuffer(reply)) return Buffer.from(reply)
    if (typeof reply === 'object' && reply !== null) return reply.map((each) => this.#asClient(each))
    return reply
  }

  #end(cause: C): void {
    if (this.#ended !== undefined) return
    this.#ended = cause
    const wasOpen = this.isOpen
    this.isOpen = false
    if (wasOpen) this.onClosed?.(cause)
    else this.#settleOpened.reject(cause)
    for (const batch of this.#pending.splice(0)) batch.reject(cause)
  }
}

function asBytes(part: string | Uint8Array): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)
}
