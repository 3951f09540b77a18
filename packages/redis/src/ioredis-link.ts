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
  readonly #replies: Reply[]
  #missing: number
  #resolve!: (replies: readonly Reply[]) => void
  #reject!: (error: LinkClosedError) => void

  constructor(size: number) {
    this.#replies = Array.from({ length: size })
    this.#missing = size
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Takes one reply; tells whether it was the last. */
  fill(index: number, reply: Reply): boolean {
    this.#replies[index] = reply
    if (--this.#missing > 0) return false
    this.#resolve(this.#replies)
    return true
  }

  fail(error: LinkClosedError): void {
    this.#reject(error)
  }
}

/** A command that ioredis waits for, while its bytes are written by the link. It knows no arguments, so no error can show them. */
class Unwritten extends IoredisCommand {
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
  readonly #pending = new Set<Batch>()
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
    const batch = new Batch(commands.length)
    this.#pending.add(batch)
    // Handed to ioredis without their bytes, which go to the socket in one piece.
    const counter = new WriteCounter(this.redis)
    for (const [index, command] of commands.entries()) {
      this.redis.sendCommand(this.#watch(new Unwritten(command[0]), batch, index), counter)
    }
    if (counter.writes === commands.length) this.redis.stream.write(encode(commands))
    return batch.promise
  }

  close(): void {
    this.onClosed = undefined
    this.#end(new LinkClosedError('The connection to Redis was closed.'))
  }

  protected call(name: string, args: readonly string[]): Promise<Reply> {
    const batch = new Batch(1)
    this.#pending.add(batch)
    this.redis.sendCommand(this.#watch(new IoredisCommand(name, [...args]), batch, 0))
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

  #watch(command: IoredisCommand, batch: Batch, index: number): IoredisCommand {
    command.promise.then(
      (reply: Reply) => this.#fill(batch, index, cleaned(reply)),
      (error: unknown) => {
        if (isReplyError(error)) this.#fill(batch, index, new ReplyError(error.message))
        else this.#end(closedBy(error))
      },
    )
    return command
  }

  #fill(batch: Batch, index: number, reply: Reply): void {
    if (batch.fill(index, reply)) this.#pending.delete(batch)
  }

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
    this.#pending.clear()
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
