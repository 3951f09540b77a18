import type { Guard } from '@holdfast/core'
import { ReplyError, type Command, type Reply } from './link.ts'
import type { Relative } from './session-ground.ts'
import type { TagRecord } from './tag-table.ts'

/** The record of a tag that may be used in this tick; `undefined` when it is not known, or its node is not heard. */
export function recordOf(session: Relative, tag: string): TagRecord | undefined {
  const keeper = keeperOf(session, tag)
  if (keeper === undefined || keeper.ownHearing !== 'all') return undefined
  if (keeper !== session && keeper.ground.clock.now() >= keeper.belief.guard.goodUntil) return undefined
  return keeper.tags.get(tag)
}

/** The session with the node that keeps a tag: this one, where there is one node. */
export function keeperOf(session: Relative, tag: string): Relative | undefined {
  return session.ground.kin === undefined ? session : session.ground.kin.keeper(tag, session)
}

/** The guards of what depends on this session and on tags: with those of the sessions that keep the tags. */
export function guardsWith(session: Relative, tags: readonly string[], records: readonly Guard[]): readonly Guard[] {
  const guards: Guard[] = [...session.ownGuards, ...records]
  if (session.ground.kin === undefined) return guards
  for (const tag of tags) {
    const keeper = keeperOf(session, tag)
    if (keeper !== undefined && !guards.includes(keeper.belief.guard)) guards.push(keeper.belief.guard)
  }
  return guards
}

/** A command about a tag. */
export interface TagCommand {
  readonly tag: string
  readonly command: Command
}

/**
 * Sends commands of this session's node, and commands about tags to the nodes that keep them, all at once. What a node of another does
 * not answer in time for its caller to go on is an error reply.
 */
export async function exchangeWithKeepers(
  session: Relative,
  own: readonly Command[],
  asked: readonly TagCommand[],
  deadlineAt: number,
): Promise<{ readonly own: readonly Reply[]; readonly asked: readonly Reply[] }> {
  if (session.ground.kin === undefined) {
    const replies = await session.exchange([...own, ...asked.map(({ command }) => command)], deadlineAt)
    return { own: replies.slice(0, own.length), asked: replies.slice(own.length) }
  }
  const byKeeper = new Map<Relative | undefined, number[]>()
  for (const [index, { tag }] of asked.entries()) {
    const keeper = keeperOf(session, tag)
    const there = byKeeper.get(keeper)
    if (there === undefined) byKeeper.set(keeper, [index])
    else there.push(index)
  }
  const here = byKeeper.get(session) ?? []
  byKeeper.delete(session)
  const replies: Reply[] = []
  const ask = async (keeper: Relative | undefined, indexes: readonly number[]): Promise<void> => {
    const commands = indexes.map((index) => asked[index]!.command)
    const answers = await (keeper?.exchange(commands, halfway(session, deadlineAt)) ?? Promise.reject(new Error()))
      // The others go on without.
      .catch(() => commands.map(() => away))
    for (const [position, index] of indexes.entries()) replies[index] = answers[position]!
  }
  const others = [...byKeeper].map(([keeper, indexes]) => ask(keeper, indexes))
  const commands = [...own, ...here.map((index) => asked[index]!.command)]
  const ownReplies = commands.length === 0 ? [] : await session.exchange(commands, deadlineAt)
  for (const [position, index] of here.entries()) replies[index] = ownReplies[own.length + position]!
  await Promise.all(others)
  return { own: ownReplies.slice(0, own.length), asked: replies }
}

/** The reply of a node that cannot be asked. */
export const away: ReplyError = new ReplyError('AWAY its node cannot be asked now')

function halfway(session: Relative, deadlineAt: number): number {
  const now = session.ground.clock.now()
  return now + (deadlineAt - now) / 2
}
