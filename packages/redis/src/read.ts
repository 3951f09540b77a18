import { Envelope, type RemoteRead } from '@holdfast/core'
import { chunks } from './chunks.ts'
import { Doubt, judge, judgeAgain, judgeAlone, openCurrent, type LookedUp } from './judge.ts'
import { away, exchangeWithKeepers, keeperOf } from './keepers.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { isBytes, refused } from './reply.ts'
import type { Session } from './session.ts'

/** What was read; `undefined` when the session ended or went deaf meanwhile: then it proves nothing, and is read again. */
type ReadInSession = readonly RemoteRead[] | undefined

/** Reads keys in one round trip; two when there are tags whose versions the session does not know. */
export function readIn(session: Session, names: readonly string[], deadlineAt: number): Promise<ReadInSession> {
  return session.hearing === 'all' ? readHearing(session, names, deadlineAt) : readAlone(session, names, deadlineAt)
}

async function readHearing(session: Session, names: readonly string[], deadlineAt: number): Promise<ReadInSession> {
  const { keys } = session.ground
  const commands = lookUpCommands(
    session,
    names.map((name) => keys.key(name)),
  )
  const values = valuesIn(await session.exchange(commands, deadlineAt), commands)
  if (!session.isTrusted) await session.trusted(deadlineAt)
  return judgeTrusted(session, values, deadlineAt)
}

/** What values are worth in a session that hears; tags that it does not know are looked up. */
export async function judgeHearing(
  session: Session,
  values: readonly Reply[],
  deadlineAt: number,
): Promise<ReadInSession> {
  if (!session.isTrusted) await session.trusted(deadlineAt)
  return judgeTrusted(session, values, deadlineAt)
}

/** The same in a tick in which table and epoch may be used: at once, where there is nothing to look up. */
function judgeTrusted(
  session: Session,
  values: readonly Reply[],
  deadlineAt: number,
): ReadInSession | Promise<ReadInSession> {
  if (!isHearing(session)) return undefined
  const found: (RemoteRead | Doubt)[] = []
  let isDoubtful = false
  for (const value of values) {
    const one = judge(session, value)
    isDoubtful ||= one instanceof Doubt
    found.push(one)
  }
  return isDoubtful ? judgeDoubts(session, found, deadlineAt) : (found as RemoteRead[])
}

async function judgeDoubts(
  session: Session,
  found: readonly (RemoteRead | Doubt)[],
  deadlineAt: number,
): Promise<ReadInSession> {
  const doubts = found.filter((one) => one instanceof Doubt)
  const looked = await lookUp(session, new Set(doubts.flatMap((doubt) => doubt.tags)), deadlineAt)
  if (!session.isTrusted) await session.trusted(deadlineAt)
  if (!isHearing(session)) return undefined
  return found.map((one) => (one instanceof Doubt ? judgeAgain(session, one, looked) : one))
}

function isHearing(session: Session): boolean {
  return session.hearing === 'all' && !session.isEnded
}

/** Reads versions of tags into the table. What is invalidated meanwhile does not enter (§7 "stale-tag-table"). */
async function lookUp(
  session: Session,
  names: ReadonlySet<string>,
  deadlineAt: number,
): Promise<ReadonlyMap<string, LookedUp | 'away'>> {
  const lookups = [...names].map((name) => {
    const keeper = keeperOf(session, name) ?? session
    return { keeper, lookup: keeper.tags.begin(name) }
  })
  const looked = new Map<string, LookedUp | 'away'>()
  let versions: readonly Reply[] | undefined
  try {
    versions = await fetchTags(session, [...names], deadlineAt)
  } finally {
    for (const [index, { keeper, lookup }] of lookups.entries()) {
      const version = versionIn(versions?.[index])
      const isAnswered = versions !== undefined && versions[index] !== away
      // Its key's life is not known from a look: it is extended by the next lease.
      const record =
        isAnswered && keeper.ownHearing === 'all'
          ? keeper.tags.end(lookup, version, Number.NEGATIVE_INFINITY)
          : keeper.tags.abandon(lookup)
      looked.set(lookup.name, isAnswered ? { version, record } : 'away')
    }
  }
  return looked
}

/** What stands under the keys of tags, in order; `away` where their node cannot be asked. */
async function fetchTags(session: Session, names: readonly string[], deadlineAt: number): Promise<readonly Reply[]> {
  const { keys, kin } = session.ground
  const redisKeys = names.map((name) => keys.tag(name))
  if (kin === undefined) return fetch(session, redisKeys, deadlineAt)
  const asked = names.map((tag, index) => ({ tag, command: ['GET', redisKeys[index]!] as const }))
  const { asked: replies } = await exchangeWithKeepers(session, [], asked, deadlineAt)
  return replies.map((reply) => (reply instanceof ReplyError && reply.code !== 'WRONGTYPE' ? away : reply))
}

/** Reads keys with the epoch, then their tags: nothing is known in advance, and nothing is learnt. */
async function readAlone(session: Session, names: readonly string[], deadlineAt: number): Promise<ReadInSession> {
  const { keys } = session.ground
  const [root, ...values] = await fetch(session, [keys.epoch, ...names.map((name) => keys.key(name))], deadlineAt)
  const epoch = isBytes(root, 8) ? root : undefined
  // Nothing is valid without one. The next read finds what is made now.
  if (epoch === undefined) session.askEpoch().catch(() => undefined)
  const found = await judgeWith(session, values, epoch, deadlineAt)
  // In another session this may be another server, or the same one with older data.
  return session.isEnded ? undefined : found
}

/** What values are worth in a session that does not hear: by an epoch that was read along, and tags that are read now. */
export async function judgeWith(
  session: Session,
  values: readonly Reply[],
  epoch: Uint8Array | undefined,
  deadlineAt: number,
): Promise<readonly RemoteRead[]> {
  const guards = session.deafGuards
  const tags = new Set<string>()
  for (const value of values) {
    const envelope = openCurrent(session, value, epoch)
    if (envelope instanceof Envelope) for (const { name } of envelope.tags) tags.add(name)
  }
  const versions = new Map<string, Uint8Array | undefined>()
  if (tags.size > 0) {
    const names = [...tags]
    const found = await fetchTags(session, names, deadlineAt)
    for (const [index, name] of names.entries()) versions.set(name, versionIn(found[index]))
  }
  return values.map((value) => judgeAlone(session, value, { epoch, versions, guards }))
}

/** Values of Redis keys, in order, in one round trip. */
async function fetch(session: Session, redisKeys: readonly string[], deadlineAt: number): Promise<readonly Reply[]> {
  const commands = lookUpCommands(session, redisKeys)
  return valuesIn(await session.exchange(commands, deadlineAt), commands)
}

function lookUpCommands(session: Session, redisKeys: readonly string[]): readonly Command[] {
  if (redisKeys.length === 1) return [['GET', redisKeys[0]!]]
  return chunks(redisKeys, session.ground.limits, (key) => key.length).map((run): Command => ['MGET', ...run])
}

/** The values in the replies to those commands, in order. */
function valuesIn(replies: readonly Reply[], commands: readonly Command[]): readonly Reply[] {
  const [reply] = replies
  if (commands[0]![0] === 'GET') {
    if (reply instanceof ReplyError && reply.code !== 'WRONGTYPE') throw refused(reply)
    return [reply!]
  }
  if (replies.length === 1) return valuesOf(reply, commands[0]!.length - 1)
  return replies.flatMap((one, index) => valuesOf(one, commands[index]!.length - 1))
}

function valuesOf(reply: Reply | undefined, count: number): readonly Reply[] {
  if (Array.isArray(reply) && reply.length === count) return reply as readonly Reply[]
  throw refused(reply)
}

/** A tag's version, from what stands under its key. */
function versionIn(reply: Reply | undefined): Uint8Array | undefined {
  return isBytes(reply, 16) ? new Uint8Array(reply.subarray(0, 8)) : undefined
}
