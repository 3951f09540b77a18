import { packEntry, packTags, type Guard, type RemoteWrite, type Stored } from '@holdfast/core'
import { guardsWith } from './keepers.ts'
import type { Session } from './session.ts'
import type { Stamp } from './tag-table.ts'

const noTags = packTags([])
const none: readonly Guard[] = []

/** An entry's bytes, and for how long Redis keeps them. */
export interface Packed {
  readonly bytes: Uint8Array
  /** Milliseconds, as an argument of a command. */
  readonly px: string
}

/**
 * The bytes of an entry under a new id; `undefined` when its life is over already, at `now`.
 *
 * @throws {InvalidOptionError} when it has more than 255 tags
 */
export function pack(
  session: Session,
  write: RemoteWrite,
  epoch: Uint8Array,
  stamps: ReadonlyMap<string, Stamp>,
  now: number = session.ground.clock.now(),
): Packed | undefined {
  const { ids, tagLife } = session.ground
  const lifeMs = Math.ceil(write.expiresAt - now)
  if (!(lifeMs >= 1)) return undefined
  if (write.tags.length > 0) tagLife.cover(lifeMs)
  const { aheadMs } = session.time
  const bytes = packEntry({
    id: ids(),
    epoch,
    serializer: write.serializer,
    createdAt: write.createdAt + aheadMs,
    staleAt: write.staleAt + aheadMs,
    expiresAt: write.expiresAt + aheadMs,
    tags:
      write.tags.length === 0
        ? noTags
        : packTags(write.tags.map((name) => ({ name, version: stamps.get(name)!.version }))),
    payload: write.payload,
  })
  return { bytes, px: String(lifeMs) }
}

/**
 * The guards that a memory copy of what was stored must carry; `undefined` when something that it depends on has changed since, as
 * far as was heard.
 */
export function guardsOf(
  session: Session,
  guards: readonly Guard[],
  tags: readonly string[],
  stamps: ReadonlyMap<string, Stamp>,
): Stored {
  if (session.hearing === 'unasked' || session.hearing === 'refused') return none
  if (session.isEnded || guards !== session.ownGuards || guards.some(isDead)) return undefined
  if (tags.length === 0) return guards
  const records: Guard[] = []
  for (const name of tags) {
    const record = stamps.get(name)?.record
    if (record === undefined || isDead(record)) return undefined
    records.push(record)
  }
  return guardsWith(session, tags, records)
}

function isDead(guard: Guard): boolean {
  return guard.goodUntil === Number.NEGATIVE_INFINITY
}
