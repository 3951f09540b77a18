import type { Invalidation } from '@holdfast/core'
import type { IdSource } from './ids.ts'
import type { Keyspace } from './keyspace.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { isBytes, refused } from './reply.ts'
import { hello, run } from './scripts.ts'

/** What asking for the epoch needs of a session. */
export interface EpochAsker {
  readonly ground: { readonly keys: Keyspace; readonly ids: IdSource; readonly believesRestarts: boolean }
  readonly runId: string
  isScriptless: boolean
  announce(what: Invalidation): readonly Command[]
  exchange(commands: readonly Command[], deadlineAt: number): Promise<readonly Reply[]>
  ownDeadline(): number
}

/**
 * Asks for the current epoch. A new one begins when there is none, or when this incarnation of the server is not known, unless it is
 * to be believed all the same.
 *
 * @returns `undefined` when Redis is full and cannot be given one: then nothing in it is valid, which is all that is needed
 */
export async function askEpoch(session: EpochAsker): Promise<Uint8Array | undefined> {
  const { keys, ids, believesRestarts } = session.ground
  const [announcement] = session.announce({ type: 'all' })
  const believe = believesRestarts ? '1' : '0'
  const args = [session.runId, ids(), keys.channel, announcement![2]!, believe]
  const command = run(hello, [keys.epoch, keys.runs], args)
  const [reply] = await session.exchange([command], session.ownDeadline())
  if (isBytes(reply, 8)) return new Uint8Array(reply)
  if (reply instanceof ReplyError && reply.code === 'OOM') return removeEpoch(session)
  if (reply instanceof ReplyError && isScriptRefused(reply)) return askPlainly(session)
  throw refused(reply)
}

async function removeEpoch(session: EpochAsker): Promise<undefined> {
  const commands: Command[] = [['UNLINK', session.ground.keys.epoch], ...session.announce({ type: 'all' })]
  const [reply] = await session.exchange(commands, session.ownDeadline())
  if (reply instanceof ReplyError) throw refused(reply)
}

/** As the script does it, where scripts are refused: two processes may each begin an epoch, which loses hits and nothing else. */
async function askPlainly(session: EpochAsker): Promise<Uint8Array> {
  session.isScriptless = true
  const { keys, ids, believesRestarts } = session.ground
  const questions: Command[] = [
    ['GET', keys.epoch],
    ['SISMEMBER', keys.runs, session.runId],
  ]
  const [epoch, isKnown] = await session.exchange(questions, session.ownDeadline())
  if (isBytes(epoch, 8) && (isKnown === 1 || believesRestarts)) return new Uint8Array(epoch)
  const begin: Command[] = [
    ['SET', keys.epoch, ids()],
    ...session.announce({ type: 'all' }),
    ['SADD', keys.runs, session.runId],
    ['GET', keys.epoch],
  ]
  const replies = await session.exchange(begin, session.ownDeadline())
  const begun: Reply | undefined = replies.at(-1)
  const known: Reply | undefined = replies.at(-2)
  if (isBytes(begun, 8) && typeof known === 'number') return new Uint8Array(begun)
  throw refused(replies.find((reply) => reply instanceof ReplyError))
}

/** Whether the server runs no scripts for us: it has none, or its ACL forbids them or what they do. */
function isScriptRefused(reply: ReplyError): boolean {
  if (/executing the script can't run/.test(reply.message)) return true
  return (reply.code === 'NOPERM' || /unknown command/i.test(reply.message)) && /eval/i.test(reply.message)
}
