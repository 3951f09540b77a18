import { packInstant, packPlaceholder, type Invalidation } from '@holdfast/core'
import { chunks } from './chunks.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { isForbidden, refused } from './reply.ts'
import type { Session } from './session.ts'
import type { Relative } from './session-ground.ts'

/** Removes keys, then announces them: never before, and whatever was there. */
export async function removeKeys(session: Session, names: readonly string[], deadlineAt: number): Promise<void> {
  const { keys } = session.ground
  await sendAnnounced(
    session,
    unlink(
      session,
      names.map((name) => keys.key(name)),
    ),
    { type: 'keys', names },
    deadlineAt,
  )
}

/** Removes keys and lets nothing be filled under them for a while. */
export async function holdKeys(
  session: Session,
  names: readonly string[],
  holdMs: number,
  deadlineAt: number,
): Promise<void> {
  const { keys, ids } = session.ground
  const px = String(Math.max(1, Math.ceil(holdMs)))
  const holds = names.map((name): Command => ['SET', keys.key(name), packPlaceholder('hold', ids()), 'PX', px])
  await sendAnnounced(session, holds, { type: 'keys', names }, deadlineAt)
}

/** Gives tags new versions: one command a tag, whatever the number of entries. */
export async function renewTags(session: Session, names: readonly string[], deadlineAt: number): Promise<void> {
  session.tags.invalidate(names)
  const { keys, tagLife } = session.ground
  const commands = names.map((name): Command => ['SET', keys.tag(name), tagValue(session, 0), 'PX', tagLife.px])
  await sendAnnounced(session, commands, { type: 'tags', names }, deadlineAt)
  session.tags.invalidate(names)
}

/** Begins a new root epoch: everything under the prefix is invalid. */
export async function renewEpoch(session: Session, deadlineAt: number): Promise<void> {
  session.forgetEpoch()
  const command: Command = ['SET', session.ground.keys.epoch, session.ground.ids()]
  await sendAnnounced(session, [command], { type: 'all' }, deadlineAt)
  // The id of it is asked for, never taken from here: another process may have begun one since (§7 "clear-race").
  session.forgetEpoch()
}

/** A new version of a tag, with when it was made: no earlier than Redis' clock, `marginMs` later. */
export function tagValue(session: Relative, marginMs: number): Uint8Array {
  const { ids, clock } = session.ground
  const value = new Uint8Array(16)
  value.set(ids())
  const madeAt = session.time.isKnown ? Math.ceil(session.time.latest(clock.now()) + marginMs) : Number.MAX_SAFE_INTEGER
  value.set(packInstant(madeAt), 10)
  return value
}

/** The commands that remove keys of Redis. */
export function unlink(session: Session, redisKeys: readonly string[]): readonly Command[] {
  return chunks(redisKeys, session.ground.limits, (key) => key.length).map((run) => ['UNLINK', ...run])
}

/**
 * Sends what takes something away or replaces it, then what announces that, as one pipeline. Where Redis is full and refuses to
 * write, the keys are removed instead: what is missing is invalid too.
 *
 * @returns for each command, whether Redis was too full for it; nothing where all was done
 * @throws when a command was refused: then it is not known to hold
 */
export async function sendAnnounced(
  session: Session,
  commands: readonly Command[],
  what: Invalidation,
  deadlineAt: number,
): Promise<{ readonly replies: readonly Reply[]; readonly isFull: readonly boolean[] }> {
  const all = [...commands, ...session.announce(what)]
  const replies = await session.exchange(all, deadlineAt)
  if (!replies.some(isError)) return { replies, isFull: none }
  const isFull = commands.map((_, index) => isOutOfMemory(replies[index]!))
  const full = commands.filter((_, index) => isFull[index])
  if (full.length > 0) {
    const again = [...unlink(session, full.flatMap(keysOf)), ...session.announce(what)]
    acknowledge(session, again, await session.exchange(again, deadlineAt))
  }
  acknowledge(session, all, replies, full)
  return { replies, isFull }
}

const none: readonly never[] = []

function isError(reply: Reply): boolean {
  return reply instanceof ReplyError
}

/** The keys that a SET or a script of ours writes. */
function keysOf(command: Command): readonly string[] {
  if (command[0] === 'SET') return [String(command[1])]
  return command.slice(3, 3 + Number(command[2])).map(String)
}

/** Throws for the first command that was refused. A PUBLISH that may not be is remembered: nothing about it is unknown. */
export function acknowledge(
  session: Session,
  commands: readonly Command[],
  replies: readonly Reply[],
  except: readonly Command[] = [],
): void {
  for (const [index, reply] of replies.entries()) {
    if (!(reply instanceof ReplyError) || except.includes(commands[index]!)) continue
    if (commands[index]![0] !== 'PUBLISH' || !isForbidden(reply)) throw refused(reply)
    session.isMute = true
  }
}

function isOutOfMemory(reply: Reply): boolean {
  return reply instanceof ReplyError && reply.code === 'OOM'
}
