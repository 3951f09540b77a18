import { Bag } from '@holdfast/core'
import { Command as IoredisCommand, type Redis } from 'ioredis'
import { encode } from './encode.ts'
import {
  LinkClosedError,
  ReplyError,
  withoutArguments,
  type Command,
  type Link,
  type Reply,
  type SubscriberLink,
} from './link.ts'

/** Commands of one `send`, until the last reply. */
class Batch {
  readonly promise: Promise<readonly Reply[]>
  readonly #pending: Bag<Batch>
  readonly #place: number
  /** Replies come in the order of the commands. */
  readonly #replies: Reply[] = []
  readonly #size: number
  #resolve!: (replies: readonly Reply[]) => void
  #reject!: (error: LinkClosedError) => void

  constructor(pending: Bag<Batch>, size: number) {
    this.#pending = pending
    this.#place = pending.add(this)
    this.#size = size
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Takes the next reply. */
  take(reply: Reply): void {
    this.#replies.push(reply)
    if (this.#replies.length < this.#size) return
    this.#pending.remove(this.#place)
    this.#resolve(this.#replies)
  }

  fail(error: LinkClosedError): void {
    this.#reject(error)
  }
}

/**
 * A command that ioredis waits for, while its bytes are written by the link. It knows no arguments, so no error can show them. Its
 * batch is told at once, and not by way of its promise.
 */
class Unwritten extends IoredisCommand {
  constructor(name: string, batch: Batch, lost: (cause: unknown) => void) {
    super(name)
    const { resolve, reject } = this
    this.resolve = (reply: Reply) => {
      batch.take(cleaned(reply))
      resolve(reply)
    }
    this.reject = (cause) => {
      if (isReplyError(cause)) batch.take(new ReplyError(cause.message))
      else lost(cause)
      this.promise.catch(() => undefined)
      reject(cause)
    }
  }

  override toWritable(): string {
    return ''
  }
}

/** Stands where ioredis writes, and counts what it would have written: nothing while the connection cannot be written to. */
class WriteCounter {
  readonly isPipeline = true as const
  readonly destination: { readonly redis: Redis }
  writes = 0

  constructor(redis: Redis) {
    this.destination = { redis }
  }

  write(): void {
    this.writes++
  }
}

/**
 * A link on an ioredis client that was made for it, with reconnecting, queueing and resending switched off. What leaves it
 * as an error is made anew: ioredis hangs the command's arguments, passwords included, on its own.
 */
export class IoredisLink implements Link {
  readonly opened: Promise<void>
  isOpen = false
  onClosed: ((cause: LinkClosedError) => void) | undefined
  protected readonly redis: Redis
  readonly #pending = new Bag<Batch>()
  #ended: LinkClosedError | undefined

  constructor(redis: Redis) {
    this.redis = redis
    redis.on('error', (error) => this.#end(closedBy(error)))
    redis.on('end', () => this.#end(new LinkClosedError('Redis closed the connection.')))
    this.opened = this.#open()
    // Whoever waits for it is told; nobody has to.
    this.opened.catch(() => undefined)
  }

  send(commands: readonly Command[]): Promise<readonly Reply[]> {
    if (!this.isOpen)
      return Promise.reject(this.#ended ?? new LinkClosedError('The connection to Redis is not open yet.'))
    if (commands.length === 0) return Promise.resolve([])
    const batch = new Batch(this.#pending, commands.length)
    // Handed to ioredis without their bytes, which go to the socket in one piece.
    const counter = new WriteCounter(this.redis)
    for (const [name] of commands) this.redis.sendCommand(new Unwritten(name, batch, this.#lost), counter)
    if (counter.writes === commands.length) this.#write(encode(commands))
    return batch.promise
  }

  #write(encoded: string | Buffer): void {
    // Text is ASCII: one byte a character, which need not be looked for.
    if (typeof encoded === 'string') this.redis.stream.write(encoded, 'latin1')
    else this.redis.stream.write(encoded)
  }

  close(): void {
    this.onClosed = undefined
    this.#end(new LinkClosedError('The connection to Redis was closed.'))
  }

  protected call(name: string, args: readonly string[]): Promise<Reply> {
    const batch = new Batch(this.#pending, 1)
    const command = new IoredisCommand(name, [...args])
    command.promise.then(
      (reply: Reply) => batch.take(cleaned(reply)),
      (error: unknown) => {
        if (isReplyError(error)) batch.take(new ReplyError(error.message))
        else this.#end(closedBy(error))
      },
    )
    this.redis.sendCommand(command)
    return batch.promise.then((replies) => replies[0]!)
  }

  async #open(): Promise<void> {
    try {
      await this.redis.connect()
    } catch (error) {
      throw this.#ended ?? closedBy(error)
    }
    // A database that cannot be selected is told as an `error`, and ioredis carries on in another.
    if (this.#ended !== undefined) throw this.#ended
    this.isOpen = true
  }

  /** ioredis rejects commands in the middle of its own work, `sendCommand` included: the end is for when that is done. */
  readonly #lost = (cause: unknown): void => queueMicrotask(() => this.#end(closedBy(cause)))

  #end(cause: LinkClosedError): void {
    if (this.#ended !== undefined) return
    this.#ended = cause
    const wasOpen = this.isOpen
    this.isOpen = false
    this.redis.disconnect()
    // `disconnect` waits for the other side, which a frozen server never answers.
    this.redis.stream?.destroy()
    if (wasOpen) this.onClosed?.(cause)
    for (const batch of this.#pending) batch.fail(cause)
  }
}

/** A link that listens. */
export class IoredisSubscriberLink extends IoredisLink implements SubscriberLink {
  onMessage: ((channel: string, message: Buffer) => void) | undefined

  constructor(redis: Redis) {
    super(redis)
    redis.on('messageBuffer', (channel, message) => this.onMessage?.(channel.toString(), message))
  }

  async subscribe(channels: readonly string[]): Promise<ReplyError | undefined> {
    // Lower case: ioredis knows by it that the connection becomes a subscriber.
    const reply = await this.call('subscribe', channels)
    return reply instanceof ReplyError ? reply : undefined
  }

  async ping(): Promise<void> {
    const reply = await this.call('ping', [])
    const word = Array.isArray(reply) ? (reply as readonly Reply[])[0] : reply
    if (String(word).toUpperCase() === 'PONG') return
    const cause = new LinkClosedError('Redis answered a PING with something other than PONG.')
    this.redis.stream.destroy(cause)
    throw cause
  }
}

function closedBy(error: unknown): LinkClosedError {
  const { message, code } = error as { readonly message?: string; readonly code?: string }
  // An attempt at several addresses fails with an empty message.
  return new LinkClosedError(withoutArguments(message === undefined || message === '' ? (code ?? 'closed') : message))
}

function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

/** Errors within an array are made anew too. */
function cleaned(reply: Reply): Reply {
  if (!Array.isArray(reply)) return reply
  const items = reply as Reply[]
  for (const [index, item] of items.entries()) if (isReplyError(item)) items[index] = new ReplyError(item.message)
  return items
}
