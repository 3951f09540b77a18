import { answerMs, Asker } from './asker.ts'
import { ioredisConnector, type RedisServer } from './ioredis-connector.ts'
import { Keyspace } from './keyspace.ts'
import { ReplyError, type Connector, type Reply } from './link.ts'
import { refused } from './reply.ts'
import { tryAnnouncements, tryRights, type RedisRight, type Slots } from './rights.ts'

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
  return examineAt(ioredisConnector(server, answerMs), new Keyspace(prefix))
}

/** The same for whatever a connector leads to; a node of a cluster has some slots alone. */
export async function examineAt(connector: Connector, keys: Keyspace, slots?: Slots): Promise<RedisExamination> {
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
      rights: await tryRights(asker, keys, slots),
      announcements: await tryAnnouncements(asker, connector, keys),
    }
  } finally {
    link.close()
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
