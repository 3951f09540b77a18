import type { Asker } from './asker.ts'
import { nameFrom, randomIds } from './ids.ts'
import type { Keyspace } from './keyspace.ts'
import { ReplyError, type Command, type Connector } from './link.ts'
import { slotOf } from './slot.ts'

/** A command that the store needs, and whether the user of this connection may run it on the prefix. */
export interface RedisRight {
  /** Such as `SET` or `CLIENT KILL`. */
  readonly command: string
  /** Why not; `undefined`: it may. */
  readonly refused: string | undefined
}

/** Answers that say nothing about rights: another node has the key, something else stands there, a script that is not known. */
const noRefusal: readonly string[] = ['NOSCRIPT', 'MOVED', 'ASK', 'TRYAGAIN', 'WRONGTYPE']

/** The slots of a node of a cluster. */
export type Slots = readonly (readonly [from: number, to: number])[]

/** Tries what the store does, with names that nobody else has; where a node has some slots alone, in one of these. */
export async function tryRights(
  asker: Asker,
  keys: Keyspace,
  slots: Slots | undefined,
): Promise<readonly RedisRight[]> {
  const key = ownKey(keys, slots)
  // A connection that does not exist: what counts is whether it may be asked for.
  const nobody = '9223372036854775807'
  const tried: readonly (readonly [name: string, command: Command])[] = [
    ['SET', ['SET', key, 'x', 'PX', '1000']],
    ['GET', ['GET', key]],
    ['MGET', ['MGET', key]],
    ['GETRANGE', ['GETRANGE', key, '0', '8']],
    ['SETRANGE', ['SETRANGE', key, '0', 'y']],
    ['STRLEN', ['STRLEN', key]],
    ['PTTL', ['PTTL', key]],
    ['TYPE', ['TYPE', key]],
    ['EVAL', ['EVAL', "return redis.call('GETRANGE', KEYS[1], 0, 8)", '1', key]],
    ['EVALSHA', ['EVALSHA', '0'.repeat(40), '0']],
    ['SCRIPT LOAD', ['SCRIPT', 'LOAD', 'return 1']],
    ['PUBLISH', ['PUBLISH', keys.inbox('doctor'), 'x']],
    ['SCAN', ['SCAN', '0', 'MATCH', key, 'COUNT', '1']],
    ['PEXPIRE', ['PEXPIRE', key, '1000']],
    ['UNLINK', ['UNLINK', key]],
    ['SADD', ['SADD', key, 'x']],
    ['SCARD', ['SCARD', key]],
    ['SISMEMBER', ['SISMEMBER', key, 'x']],
    ['INFO', ['INFO', 'server']],
    ['TIME', ['TIME']],
    ['SELECT', ['SELECT', '0']],
    ['CLIENT ID', ['CLIENT', 'ID']],
    ['CLIENT KILL', ['CLIENT', 'KILL', 'ID', nobody]],
    ['CLIENT SETNAME', ['CLIENT', 'SETNAME', 'holdfast']],
  ]
  const inCluster: typeof tried = [
    ['ASKING', ['ASKING']],
    ['CLUSTER NODES', ['CLUSTER', 'NODES']],
    ['CLUSTER MYID', ['CLUSTER', 'MYID']],
  ]
  const rights: RedisRight[] = []
  for (const [command, question] of slots === undefined ? tried : [...tried, ...inCluster]) {
    const reply = await asker.ask(question)
    const isRefused = reply instanceof ReplyError && !noRefusal.includes(reply.code)
    rights.push({ command, refused: isRefused ? reply.message : undefined })
  }
  await asker.ask(['PEXPIRE', key, '1000'])
  await asker.ask(['UNLINK', key])
  return rights
}

/** Tries whether what is published on one connection is heard on another. Resolves with how long that took. */
export async function tryAnnouncements(
  asker: Asker,
  connector: Connector,
  keys: Keyspace,
): Promise<{ readonly heardMs: number } | { readonly refused: string }> {
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

/** A name that nobody else has; a prefix with braces may put all names into one slot, which another node has. */
function ownKey(keys: Keyspace, slots: Slots | undefined): string {
  const name = `${keys.prefix}~doctor:${nameFrom(randomIds()())}`
  if (slots === undefined) return name
  for (let n = 0; n < 100_000; n++) {
    const slot = slotOf(`${name}:${n}`)
    if (slots.some(([from, to]) => from <= slot && slot <= to)) return `${name}:${n}`
  }
  return name
}
