import { RemoteUnavailableError } from '@holdfast/core'
import { redirectionIn, type Address } from './cluster-view.ts'
import { away } from './keepers.ts'
import { isForbidden } from './reply.ts'
import type { Exchange, Relative } from './session-ground.ts'
import { ReplyError, type Command, type Reply } from './link.ts'

/** A node that commands are sent on to. */
interface Place {
  readonly view: Address & { readonly ip: string }
  readonly node: { session(deadlineAt: number): Promise<Relative> }
}

/** The nodes of a cluster, as far as they are known. */
export interface Places {
  readonly members: readonly Place[]
  member(id: string): Place | undefined
  /** A node has said that a slot is another's now. */
  moved(slot: number, to: Place): void
  lookAgain(): void
}

/** More is a cluster that does not know itself. */
const mostHops = 8
const tryAgainMs = 15

/** A command that was sent on, or is to be sent once more, by its place. */
interface Sent {
  readonly index: number
  readonly isAsk: boolean
  /** `undefined`: the same node. */
  readonly to: Address | undefined
}

/**
 * Sends what was answered with MOVED, ASK or TRYAGAIN where it belongs. What announces it goes along, and is announced by the node
 * that executed it: after it, on the channel that is heard in one order with that node's heartbeat. What cannot be sent on stays
 * an error reply; it was not executed.
 */
export async function followRedirections(
  nodes: Places,
  session: Relative,
  { commands, replies, deadlineAt, hops }: Exchange,
): Promise<readonly Reply[]> {
  const from = nodes.member(session.ground.node)?.view ?? { host: '', port: 0 }
  const merged = [...replies]
  const groups = new Map<string, Sent[]>()
  for (const [index, reply] of replies.entries()) {
    const sent = reply instanceof ReplyError ? sentOn(nodes, reply, index, from) : undefined
    if (sent === undefined) continue
    const place = `${sent.to?.host}:${sent.to?.port}`
    const there = groups.get(place)
    if (there === undefined) groups.set(place, [sent])
    else there.push(sent)
  }
  if (hops >= mostHops && groups.size > 0 && ![...groups.values()].flat().every(({ to }) => to === undefined))
    return merged
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const answers = await sendOn(nodes, session, { group, commands, deadlineAt, hops })
      for (const [position, { index }] of group.entries()) merged[index] = answers[position]!
    }),
  )
  return merged
}

function sentOn(nodes: Places, reply: ReplyError, index: number, from: Address): Sent | undefined {
  if (reply.code === 'TRYAGAIN') return { index, isAsk: false, to: undefined }
  const redirection = redirectionIn(reply.message, from)
  if (redirection === undefined) return undefined
  const { type, slot, to } = redirection
  const member = memberAt(nodes, to)
  if (type === 'moved' && member !== undefined) nodes.moved(slot, member)
  return { index, isAsk: type === 'ask', to }
}

async function sendOn(
  nodes: Places,
  session: Relative,
  sent: {
    readonly group: readonly Sent[]
    readonly commands: readonly Command[]
    readonly deadlineAt: number
    readonly hops: number
  },
): Promise<readonly Reply[]> {
  const { group, commands, deadlineAt, hops } = sent
  const { to } = group[0]!
  let target: Relative
  try {
    if (to === undefined) await pause(session, deadlineAt)
    target = to === undefined ? session : await sessionAt(nodes, to, deadlineAt)
  } catch {
    return group.map(() => away)
  }
  const again: Command[] = []
  const places: number[] = []
  for (const { index, isAsk } of group) {
    if (isAsk) again.push(['ASKING'])
    places.push(again.length)
    again.push(commands[index]!)
  }
  const announcements = announcedBy(commands, target)
  try {
    const answers = await target.exchangeOn([...again, ...announcements], deadlineAt, hops + 1)
    const unheard = answers.slice(again.length).find((reply) => reply instanceof ReplyError && !isForbidden(reply))
    return places.map((place) => unheard ?? answers[place]!)
  } catch (error) {
    // What may have been executed there ends that session: its journal is replayed before anything is read from that node.
    if (announcements.length > 0) target.onFailed(error as Error)
    throw error
  }
}

/** The announcements of a batch, on the channel of the node that they go to and in the name of the session there. */
function announcedBy(commands: readonly Command[], target: Relative): readonly Command[] {
  return commands
    .filter(([name]) => name === 'PUBLISH')
    .map(([name, , message]) => {
      const rest = typeof message === 'string' ? message.slice(8) : message!.subarray(8)
      const renamed =
        typeof rest === 'string' ? target.me + rest : Buffer.concat([Buffer.from(target.me, 'latin1'), rest])
      return [name, target.ground.keys.channel, renamed] as const
    })
}

async function sessionAt(nodes: Places, to: Address, deadlineAt: number): Promise<Relative> {
  const member = memberAt(nodes, to)
  if (member !== undefined) return member.node.session(deadlineAt)
  nodes.lookAgain()
  throw new RemoteUnavailableError(`The cluster sends commands on to ${to.host}:${to.port}, which is not known yet.`)
}

function memberAt(nodes: Places, { host, port }: Address): Place | undefined {
  return nodes.members.find(({ view }) => view.port === port && (view.host === host || view.ip === host))
}

/** Keys of one slot are at two nodes for a moment. */
function pause(session: Relative, deadlineAt: number): Promise<void> {
  const { clock } = session.ground
  if (clock.now() + tryAgainMs >= deadlineAt) throw new RemoteUnavailableError('The slot is still on its way.')
  return new Promise((resolve) => {
    clock.setTimer(resolve, tryAgainMs)
  })
}
