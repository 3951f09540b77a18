import { tagValue } from './invalidate.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { isBytes } from './reply.ts'
import type { Session } from './session.ts'
import type { Stamp, TagLookup, TagRecord } from './tag-table.ts'

/** A tag that was asked for, and where its replies stand. */
interface Question {
  readonly name: string
  readonly lookup: TagLookup
  /** What it becomes if it is missing. */
  readonly fresh: Uint8Array
  /** Its key is given its full life. */
  readonly isExtended: boolean
  /** Index of the reply that holds what stood there. */
  readonly reply: number
}

/** How much later than now a tag that is missing is said to have been invalidated: longer than the command can be under way. */
const createdMarginMs = 10_000

/**
 * The versions of some tags before a load or a write: from the table, or read, with missing ones made. Goes along with other commands
 * in one round trip.
 */
export class TagSnapshot {
  readonly stamps: Map<string, Stamp> = new Map()
  /** When each tag that was read was last invalidated, in Redis' time, no earlier than it was. */
  readonly invalidatedAt: Map<string, number> = new Map()
  /** Tags under whose keys stands something else; they have to be removed first. */
  readonly broken: string[] = []
  readonly commands: Command[] = []
  readonly #session: Session
  readonly #questions: Question[] = []
  readonly #askedAt: number

  constructor(session: Session, names: Iterable<string>) {
    this.#session = session
    this.#askedAt = session.ground.clock.now()
    for (const name of new Set(names)) {
      const record = session.hearing === 'all' ? session.tags.get(name) : undefined
      if (record !== undefined) this.stamps.set(name, record.stamp)
      if (record === undefined || this.#isAging(record)) this.#ask(name, record !== undefined)
    }
  }

  /** Takes the replies to `commands`. */
  take(replies: readonly Reply[]): void {
    for (const { name, lookup, fresh, isExtended, reply: index } of this.#questions) {
      const reply = replies[index]
      const isFresh = this.#session.lacksNxGet ? isBytes(reply, 16) && reply.equals(fresh) : reply === null
      const value = isFresh ? fresh : reply
      if (!isFresh && !isBytes(reply, 16)) {
        this.#session.tags.abandon(lookup)
        if (!(reply instanceof ReplyError) || reply.code === 'WRONGTYPE') this.broken.push(name)
        continue
      }
      const bytes = new Uint8Array(value as Uint8Array)
      const version = bytes.subarray(0, 8)
      const extendedAt = isFresh || isExtended ? this.#askedAt : Number.NEGATIVE_INFINITY
      const record = this.#session.tags.end(lookup, version, extendedAt)
      this.stamps.set(name, record?.stamp ?? { version, record: undefined })
      this.invalidatedAt.set(name, isFresh ? Number.POSITIVE_INFINITY : instantIn(bytes))
    }
  }

  /** The commands were not answered. */
  abandon(): void {
    for (const { lookup } of this.#questions) this.#session.tags.abandon(lookup)
  }

  #ask(name: string, isKnown: boolean): void {
    const session = this.#session
    const { keys, tagLife } = session.ground
    const key = keys.tag(name)
    const fresh = tagValue(session, createdMarginMs)
    if (session.lacksNxGet) this.commands.push(['SET', key, fresh, 'NX', 'PX', tagLife.px], ['GET', key])
    else this.commands.push(['SET', key, fresh, 'NX', 'GET', 'PX', tagLife.px])
    const reply = this.commands.length - 1
    if (isKnown) this.commands.push(['PEXPIRE', key, tagLife.px, 'GT'])
    this.#questions.push({ name, lookup: session.tags.begin(name), fresh, isExtended: isKnown, reply })
  }

  /** Its key may end before the entries that are written with it. */
  #isAging(record: TagRecord): boolean {
    return this.#askedAt - record.extendedAt > this.#session.ground.tagLife.ms / 4
  }
}

/**
 * Takes a snapshot with commands of its own; with `others` before them, whose replies come back. What stands in a tag's way is
 * removed, which invalidates the tag.
 */
export async function takeSnapshot(
  session: Session,
  names: Iterable<string>,
  others: readonly Command[],
  deadlineAt: number,
): Promise<{ readonly snapshot: TagSnapshot; readonly replies: readonly Reply[] }> {
  const snapshot = new TagSnapshot(session, names)
  const replies = await ask(session, snapshot, others, deadlineAt)
  if (snapshot.broken.length > 0) {
    const again = new TagSnapshot(session, snapshot.broken)
    await ask(
      session,
      again,
      snapshot.broken.map((name): Command => ['UNLINK', session.ground.keys.tag(name)]),
      deadlineAt,
    )
    for (const [name, stamp] of again.stamps) snapshot.stamps.set(name, stamp)
    for (const [name, at] of again.invalidatedAt) snapshot.invalidatedAt.set(name, at)
  }
  return { snapshot, replies }
}

async function ask(
  session: Session,
  snapshot: TagSnapshot,
  others: readonly Command[],
  deadlineAt: number,
): Promise<readonly Reply[]> {
  if (others.length + snapshot.commands.length === 0) return []
  try {
    const replies = await session.exchange([...others, ...snapshot.commands], deadlineAt)
    snapshot.take(replies.slice(others.length))
    return replies.slice(0, others.length)
  } catch (error) {
    snapshot.abandon()
    throw error
  }
}

function instantIn(value: Uint8Array): number {
  let instant = 0
  for (let i = 8; i < 16; i++) instant = instant * 256 + value[i]!
  return instant
}
