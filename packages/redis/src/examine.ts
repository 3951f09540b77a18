import { Deadlines, systemClock } from '@holdfast/core'
import { nameFrom, randomIds } from './ids.ts'
import { ioredisConnector, type RedisServer } from './ioredis-connector.ts'
import { Keyspace } from './keyspace.ts'
import { ReplyError, type Command, type Connector, type Link, type Reply } from './link.ts'
import { refused } from './reply.ts'
import { within } from './within.ts'

/** A command that the store needs, and whether the user of this connection may run it on the prefix. */
export interface RedisRight {
  /** Such as `SET` or `CLIENT KILL`. */
  readonly command: string
  /** Why not; `undefined`: it may. */
  readonly refused: string | undefined
}

/** What a look at a server found. What it does not tell is `undefined`. */
export interface RedisExamination {
  /** Host and port, without credentials. */
  readonly address: string
  /** From the attempt to the first answer. */
  readonly connectMs: number
  readonly version: string | undefined
  /** `standalone`, `cluster` or `sentinel`. */
  readonly mode: string | undefined
  /** `master` or `slave`. */
  readonly role: string | undefined
  /** Of 20 round trips, one after another, in milliseconds. */
  readonly pingMs: { readonly median: number; readonly max: number }
  /** How far its clock is ahead of this process', in milliseconds; known to half a round trip. */
  readonly clockAheadMs: number | undefined
  readonly memory: {
    readonly usedBytes: number | undefined
    /** 0: no bound. */
    readonly maxBytes: number | undefined
    readonly policy: string | undefined
    readonly evictedKeys: number | undefined
  }
  readonly persistence: {
    readonly isAppendOnly: boolean | undefined
    /** The `save` directive: when snapshots are written; empty: never. */
    readonly snapshots: string | undefined
    /** The last snapshot or rewrite failed. */
    readonly isFailing: boolean | undefined
  }
  readonly clients: { readonly connected: number | undefined; readonly max: number | undefined }
  readonly rights: readonly RedisRight[]
  /** Until a message of one connection was heard on another, in milliseconds, or why it was not. */
  readonly announcements: { readonly heardMs: number } | { readonly refused: string }
}

const answerMs = 2_000

/**
 * Looks at a server as the store would use it: connects, asks it about itself, and tries each command that the store needs on names of its own
 * under the prefix (`~doctor:…`), which are gone afterwards.
 *
 * @param server as for `redisStore`
 * @throws {InvalidOptionError} when it is no server that the store can use
 * @throws {RemoteUnavailableError} when it cannot be reached; `cause` says why
 * @throws {RemoteTimeoutError} when it does not answer within 2 s
 */
export async function examineRedis(
  server: RedisServer,
  { prefix = 'holdfast:' }: { readonly prefix?: string } = {},
): Promise<RedisExamination> {
  const connector = ioredisConnector(server, answerMs)
  const link = connector.connect()
  const asker = new Asker(link)
  try {
    const startedAt = performance.now()
    await asker.within(link.opened)
    const greeting = await asker.ask(['PING'])
    // Without a password where one is needed, nothing more would be learnt.
    if (greeting instanceof ReplyError && greeting.code === 'NOAUTH') throw refused(greeting)
    const connectMs = performance.now() - startedAt
    const pings: number[] = []
    for (let round = 0; round < 20; round += 1) pings.push(await asker.time(['PING']))
    const info = new Info(await asker.ask(['INFO']))
    return {
      address: connector.address,
      connectMs,
      version: info.text('redis_version'),
      mode: info.text('redis_mode'),
      role: info.text('role'),
      pingMs: { median: pings.toSorted((a, b) => a - b)[10]!, max: Math.max(...pings) },
      clockAheadMs: await asker.clockAheadMs(),
      memory: {
        usedBytes: info.number('used_memory'),
        maxBytes: info.number('maxmemory'),
        policy: info.text('maxmemory_policy'),
        evictedKeys: info.number('evicted_keys'),
      },
      persistence: {
        isAppendOnly: flag(info.text('aof_enabled'), '1'),
        snapshots: valueOf(await asker.ask(['CONFIG', 'GET', 'save'])),
        isFailing: failing(info),
      },
      clients: { connected: info.number('connected_clients'), max: info.number('maxclients') },
      rights: await tryRights(asker, new Keyspace(prefix)),
      announcements: await tryAnnouncements(asker, connector, new Keyspace(prefix)),
    }
  } finally {
    link.close()
  }
}

/** Asks over one connection, each question within its time. */
class Asker {
  readonly #link: Link
  readonly #deadlines = new Deadlines(systemClock)

  constructor(link: Link) {
    this.#link = link
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return within(this.#deadlines, promise, systemClock.now() + answerMs)
  }

  async ask(command: Command): Promise<Reply | undefined> {
    return (await this.within(this.#link.send([command])))[0]
  }

  async time(command: Command): Promise<number> {
    const startedAt = performance.now()
    await this.ask(command)
    return performance.now() - startedAt
  }

  async clockAheadMs(): Promise<number | undefined> {
    const sentAt = Date.now()
    const reply = await this.ask(['TIME'])
    const receivedAt = Date.now()
    if (!Array.isArray(reply)) return undefined
    const [seconds, micros] = (reply as readonly Reply[]).map(Number) as [number, number]
    return seconds * 1_000 + micros / 1_000 - (sentAt + receivedAt) / 2
  }
}

/** Tries what the store does, with names that nobody else has. */
async function tryRights(asker: Asker, keys: Keyspace): Promise<readonly RedisRight[]> {
  const key = `${keys.prefix}~doctor:${nameFrom(randomIds()())}`
  const tried: readonly (readonly [name: string, command: Command])[] = [
    ['SET', ['SET', key, 'x', 'PX', '1000']],
    ['GET', ['GET', key]],
    ['MGET', ['MGET', key]],
    ['GETRANGE', ['GETRANGE', key, '0', '8']],
    ['EVAL', ['EVAL', "return redis.call('GETRANGE', KEYS[1], 0, 8)", '1', key]],
    ['EVALSHA', ['EVALSHA', '0'.repeat(40), '0']],
    ['SCRIPT LOAD', ['SCRIPT', 'LOAD', 'return 1']],
    ['PUBLISH', ['PUBLISH', keys.inbox('doctor'), 'x']],
    ['SCAN', ['SCAN', '0', 'MATCH', key, 'COUNT', '1']],
    ['PEXPIRE', ['PEXPIRE', key, '1000']],
    ['UNLINK', ['UNLINK', key]],
    ['INFO', ['INFO', 'server']],
    ['TIME', ['TIME']],
    ['CLIENT ID', ['CLIENT', 'ID']],
    // A connection that does not exist: what counts is whether it may be asked for.
    ['CLIENT KILL', ['CLIENT', 'KILL', 'ID', '9223372036854775807']],
  ]
  const rights: RedisRight[] = []
  for (const [command, question] of tried) {
    const reply = await asker.ask(question)
    const isRefused = reply instanceof ReplyError && reply.code !== 'NOSCRIPT'
    rights.push({ command, refused: isRefused ? reply.message : undefined })
  }
  return rights
}

async function tryAnnouncements(
  asker: Asker,
  connector: Connector,
  keys: Keyspace,
): Promise<RedisExamination['announcements']> {
  const subscriber = connector.connectSubscriber()
  const channel = keys.inbox(nameFrom(randomIds()()))
  try {
    const heard = new Promise<void>((resolve) => {
      subscriber.onMessage = () => resolve()
    })
    await asker.within(subscriber.opened)
    const refusal = await asker.within(subscriber.subscribe([channel]))
    if (refusal !== undefined) return { refused: `SUBSCRIBE: ${refusal.message}` }
    const startedAt = performance.now()
    const published = await asker.ask(['PUBLISH', channel, 'x'])
    if (published instanceof ReplyError) return { refused: `PUBLISH: ${published.message}` }
    await asker.within(heard)
    return { heardMs: performance.now() - startedAt }
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) }
  } finally {
    subscriber.close()
  }
}

/** The fields of an `INFO` reply. */
class Info {
  readonly #text: string

  constructor(reply: Reply | undefined) {
    this.#text = Buffer.isBuffer(reply) ? reply.toString('latin1') : ''
  }

  text(name: string): string | undefined {
    return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(this.#text)?.[1]
  }

  number(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text)
  }
}

function failing(info: Info): boolean | undefined {
  const statuses = ['rdb_last_bgsave_status', 'aof_last_bgrewrite_status', 'aof_last_write_status'].map((name) =>
    info.text(name),
  )
  if (statuses.every((status) => status === undefined)) return undefined
  return statuses.some((status) => status !== undefined && status !== 'ok')
}

function flag(text: string | undefined, yes: string): boolean | undefined {
  return text === undefined ? undefined : text === yes
}

/** The value of the first directive in a `CONFIG GET` reply. */
function valueOf(reply: Reply | undefined): string | undefined {
  const value = Array.isArray(reply) ? (reply as readonly Reply[])[1] : undefined
  return Buffer.isBuffer(value) ? value.toString('latin1') : undefined
}
