import { tagValue } from './invalidate.ts'
import { exchangeWithKeepers, keeperOf, recordOf, type TagCommand } from './keepers.ts'
import { ReplyError, type Command, type Reply } from './link.ts'
import { isBytes, isSyntax } from './reply.ts'
import type { Session } from './session.ts'
import type { Relative } from './session-ground.ts'
import type { Stamp, TagLookup, TagRecord } from './tag-table.ts'

/** A tag that was asked for, and where its replies stand. */
interface Question {
  readonly name: string
  /** The session with the node that keeps it. */
  readonly keeper: Relative
  readonly lookup: TagLookup
  /** What it becomes if it is missing. */
  readonly fresh: Uint8Array
  /** The life that its key is given if it is missing, or `isExtended`. */
  readonly lifeMs: number
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
  readonly commands: TagCommand[] = []
  readonly #session: Session
  readonly #questions: Question[] = []
  readonly #askedAt: number

  constructor(session: Session, names: Iterable<string>) {
    this.#session = session
    this.#askedAt = session.ground.clock.now()
    for (const name of new Set(names)) {
      const record = session.hearing === 'all' ? recordOf(session, name) : undefined
      if (record !== undefined) this.stamps.set(name, record.stamp)
      if (record === undefined || this.#isAging(record)) this.#ask(name, record !== undefined)
    }
  }

  /** Takes the replies to `commands`. */
  take(replies: readonly Reply[]): void {
    for (const { name, keeper, lookup, fresh, lifeMs, isExtended, reply: index } of this.#questions) {
      const reply = replies[index]
      const isFresh = keeper.lacksNxGet ? isBytes(reply, 16) && reply.equals(fresh) : reply === null
      const value = isFresh ? fresh : reply
      if (!isFresh && !isBytes(reply, 16)) {
        keeper.tags.abandon(lookup)
        // The next one asks otherwise.
        if (reply instanceof ReplyError && isSyntax(reply)) keeper.lacksNxGet = true
        if (!(reply instanceof ReplyError) || reply.code === 'WRONGTYPE') this.broken.push(name)
        continue
      }
      const bytes = new Uint8Array(value as Uint8Array)
      const version = bytes.subarray(0, 8)
      const livesUntil = isFresh || isExtended ? this.#askedAt + lifeMs : Number.NEGATIVE_INFINITY
      const record =
        keeper.ownHearing === 'all' ? keeper.tags.end(lookup, version, livesUntil) : keeper.tags.abandon(lookup)
      this.stamps.set(name, record?.stamp ?? { version, record: undefined })
      this.invalidatedAt.set(name, isFresh ? Number.POSITIVE_INFINITY : instantIn(bytes))
    }
  }

  /** The commands were not answered. */
  abandon(): void {
    for (const { keeper, lookup } of this.#questions) keeper.tags.abandon(lookup)
  }

  #ask(name: string, isKnown: boolean): void {
    const keeper = keeperOf(this.#session, name) ?? this.#session
    const { keys, tagLife } = keeper.ground
    const key = keys.tag(name)
    const fresh = tagValue(keeper, createdMarginMs)
    const ask = (...command: Command): unknown => this.commands.push({ tag: name, command })
    if (keeper.lacksNxGet) {
      ask('SET', key, fresh, 'NX', 'PX', tagLife.px)
      ask('GET', key)
    } else ask('SET', key, fresh, 'NX', 'GET', 'PX', tagLife.px)
    const reply = this.commands.length - 1
    if (isKnown) ask('PEXPIRE', key, tagLife.px, 'GT')
    const lookup = keeper.tags.begin(name)
    this.#questions.push({ name, keeper, lookup, fresh, lifeMs: tagLife.ms, isExtended: isKnown, reply })
  }

  /** Its key may end before the entries that are written with it. */
  #isAging(record: TagRecord): boolean {
    return record.livesUntil - this.#askedAt < (this.#session.ground.tagLife.ms * 3) / 4
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
  const replies = await ask(session, snapshot, { own: others, removals: [] }, deadlineAt)
  if (snapshot.broken.length > 0) {
    const again = new TagSnapshot(session, snapshot.broken)
    const removals = snapshot.broken.map((tag) => ({
      tag,
      command: ['UNLINK', session.ground.keys.tag(tag)] as const,
    }))
    await ask(session, again, { own: [], removals }, deadlineAt)
    for (const [name, stamp] of again.stamps) snapshot.stamps.set(name, stamp)
    for (const [name, at] of again.invalidatedAt) snapshot.invalidatedAt.set(name, at)
  }
  return { snapshot, replies }
}

async function ask(
  session: Session,
  snapshot: TagSnapshot,
  { own, removals }: { readonly own: readonly Command[]; readonly removals: readonly TagCommand[] },
  deadlineAt: number,
): Promise<readonly Reply[]> {
  if (own.length + snapshot.commands.length === 0) return []
  try {
    const replies = await exchangeWithKeepers(session, own, [...removals, ...snapshot.commands], deadlineAt)
    snapshot.take(replies.asked.slice(removals.length))
    return replies.own
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
