import { Envelope, envelopeKind, equalAt, tokenOf, type Guard, type RemoteRead } from '@holdfast/core'
import { FoundEntry, FoundMiss } from './found.ts'
import { guardsWith, recordOf } from './keepers.ts'
import { ReplyError, type Reply } from './link.ts'
import type { Session } from './session.ts'
import type { TagRecord } from './tag-table.ts'

/** The version of a tag as it was just read, and its record where that can be believed from now on. */
export interface LookedUp {
  /** `undefined` when there is none: what depends on it is invalid. */
  readonly version: Uint8Array | undefined
  readonly record: TagRecord | undefined
}

/** An entry of which it is not known whether it is valid before some of its tags were looked up. */
export class Doubt {
  readonly bytes: Buffer
  readonly tags: readonly string[]

  constructor(bytes: Buffer, tags: readonly string[]) {
    this.bytes = bytes
    this.tags = tags
  }
}

const noTags: readonly string[] = []
const dead: Guard = { goodUntil: Number.NEGATIVE_INFINITY }

/**
 * What the reply to a GET is worth, compared in this tick with what the session knows. What the table lacks, or has otherwise, is a
 * doubt: the table may hold a version that was evicted and made anew (§7 "tag-reborn").
 */
export function judge(session: Session, reply: Reply): RemoteRead | Doubt {
  const envelope = openCurrent(session, reply, session.epoch.id)
  if (!(envelope instanceof Envelope)) return envelope
  if (envelope.tagCount === 0) return new FoundEntry(session, envelope, noTags, session.ownGuards)
  const set = session.tagSets.get(envelope, session)
  if (set !== undefined) return new FoundEntry(session, envelope, set.names, set.guards)
  const names: string[] = []
  const records: TagRecord[] = []
  const doubtful: string[] = []
  for (const { name, version } of envelope.tags) {
    const record = recordOf(session, name)
    names.push(name)
    if (record !== undefined && equalAt(record.version, 0, version)) records.push(record)
    else if (record?.outdated !== undefined && equalAt(record.outdated, 0, version))
      return outdated(session, envelope, name)
    else doubtful.push(name)
  }
  if (doubtful.length > 0) return new Doubt(envelope.bytes as Buffer, doubtful)
  const added = session.tagSets.add(envelope, names, guardsWith(session, names, records))
  return new FoundEntry(session, envelope, added.names, added.guards)
}

/** What a doubt comes to, with its tags looked up. Epoch and table are compared again: this is another tick. */
export function judgeAgain(
  session: Session,
  { bytes }: Doubt,
  looked: ReadonlyMap<string, LookedUp | 'away'>,
): RemoteRead {
  const envelope = openCurrent(session, bytes, session.epoch.id)
  if (!(envelope instanceof Envelope)) return envelope
  const names: string[] = []
  const records: Guard[] = []
  for (const { name, version } of envelope.tags) {
    const found = looked.get(name) ?? known(recordOf(session, name))
    if (found === 'away') return new FoundMiss(session, 'away', tokenOf(envelope.bytes))
    if (found.version === undefined || !equalAt(found.version, 0, version)) {
      if (found.record !== undefined) found.record.outdated = version
      return outdated(session, envelope, name)
    }
    names.push(name)
    // Without a record it was invalidated on the way: true when it was read, and nothing to keep.
    records.push(found.record ?? dead)
  }
  return new FoundEntry(session, envelope, names, guardsWith(session, names, records))
}

/** What the reply to a GET is worth, compared with the epoch and the versions that were read along with it. */
export function judgeAlone(
  session: Session,
  reply: Reply,
  read: {
    readonly epoch: Uint8Array | undefined
    readonly versions: ReadonlyMap<string, Uint8Array | undefined>
    readonly guards: readonly Guard[] | undefined
  },
): RemoteRead {
  const envelope = openCurrent(session, reply, read.epoch)
  if (!(envelope instanceof Envelope)) return envelope
  const names: string[] = []
  for (const { name, version } of envelope.tags) {
    const current = read.versions.get(name)
    if (current === undefined || !equalAt(current, 0, version)) return outdated(session, envelope, name)
    names.push(name)
  }
  return new FoundEntry(session, envelope, names, read.guards)
}

/** An entry of that epoch, or what stands there instead. */
export function openCurrent(
  session: Session,
  reply: Reply,
  epoch: Uint8Array | undefined,
): Envelope | FoundMiss | undefined {
  if (!Buffer.isBuffer(reply))
    return reply instanceof ReplyError ? new FoundMiss(session, 'foreign', undefined) : undefined
  const envelope = Envelope.open(reply)
  if (envelope === undefined) return missOf(session, reply)
  if (epoch === undefined || !envelope.hasEpoch(epoch)) return new FoundMiss(session, 'epoch', tokenOf(reply))
  return envelope
}

function missOf(session: Session, bytes: Buffer): FoundMiss {
  const kind = envelopeKind(bytes)
  if (kind === 'foreign' || kind === 'hold') return new FoundMiss(session, kind, undefined)
  return new FoundMiss(session, kind === 'lease' ? 'lease' : 'format', tokenOf(bytes))
}

function outdated(session: Session, envelope: Envelope, tag: string): FoundMiss {
  return new FoundMiss(session, `tag:${tag}`, tokenOf(envelope.bytes))
}

function known(record: TagRecord | undefined): LookedUp {
  return { version: record?.version, record }
}
