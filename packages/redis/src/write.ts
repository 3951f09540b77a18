import { packInstant, type RemoteWrite, type Settlement, type Stored } from '@holdfast/core'
import { chunks } from './chunks.ts'
import { HeldLease } from './held-lease.ts'
import { sendAnnounced, unlink } from './invalidate.ts'
import type { Command } from './link.ts'
import { sendProlonging, type Stamped } from './prolong.ts'
import { isBytes } from './reply.ts'
import { expire, run, setMany, settle } from './scripts.ts'
import type { Session } from './session.ts'
import { guardsOf, pack, type Packed } from './stored.ts'
import { takeSnapshot } from './tag-snapshot.ts'
import type { Stamp } from './tag-table.ts'

/** Writes unconditionally and announces, in one round trip; one more when there are tags that the session does not know. */
export async function setIn(
  session: Session,
  writes: readonly RemoteWrite[],
  deadlineAt: number,
): Promise<readonly Stored[]> {
  const { epoch, stamps } = isGrounded(session, writes)
    ? { epoch: session.epoch.id, stamps: noStamps }
    : await ground(session, writes, deadlineAt)
  const guards = session.ownGuards
  const now = session.ground.clock.now()
  const packed = writes.map((write) =>
    epoch === undefined || write.tags.some((tag) => !stamps.has(tag))
      ? undefined
      : pack(session, write, epoch, stamps, now),
  )
  const isStored = packed.map((bytes) => bytes !== undefined)
  const { commands, indexes } = writeCommands(session, writes, packed)
  const names = writes.map((write) => write.key)
  const tagged = writes.flatMap((write, index) => (isStored[index] && write.tags.length > 0 ? { write, stamps } : []))
  const { isFull } = await sendProlonging(session, tagged, deadlineAt, () =>
    sendAnnounced(session, commands, { type: 'keys', names }, deadlineAt),
  )
  for (const [position, members] of indexes.entries())
    if (isFull[position]) for (const index of members) isStored[index] = false
  return writes.map((write, index) => (isStored[index] ? guardsOf(session, guards, write.tags, stamps) : undefined))
}

const noStamps: ReadonlyMap<string, Stamp> = new Map()

/** Whether nothing has to be asked before writing. */
function isGrounded(session: Session, writes: readonly RemoteWrite[]): boolean {
  return session.hearing === 'all' && session.isTrusted && writes.every((write) => write.tags.length === 0)
}

/** Epoch and versions of tags to stamp writes with. */
async function ground(
  session: Session,
  writes: readonly RemoteWrite[],
  deadlineAt: number,
): Promise<{ readonly epoch: Uint8Array | undefined; readonly stamps: ReadonlyMap<string, Stamp> }> {
  const names = writes.flatMap((write) => write.tags)
  const isHearing = session.hearing === 'all'
  const root: Command[] = isHearing ? [] : [['GET', session.ground.keys.epoch]]
  const { snapshot, replies } = await takeSnapshot(session, names, root, deadlineAt)
  if (!session.isTrusted) await session.trusted(deadlineAt)
  const [read] = replies
  return { epoch: isHearing ? session.epoch.id : isBytes(read, 8) ? read : undefined, stamps: snapshot.stamps }
}

/** One SET for one entry, one script for many; what cannot be written is removed. With the writes that each command is for. */
function writeCommands(
  session: Session,
  writes: readonly RemoteWrite[],
  packed: readonly (Packed | undefined)[],
): { readonly commands: readonly Command[]; readonly indexes: readonly (readonly number[])[] } {
  const { keys, limits } = session.ground
  const key = (index: number): string => keys.key(writes[index]!.key)
  const written: number[] = []
  const removed: string[] = []
  for (let index = 0; index < packed.length; index++) {
    if (packed[index] === undefined) removed.push(key(index))
    else written.push(index)
  }
  const isPlain = written.length === 1 || session.isScriptless
  const indexes = isPlain
    ? written.map((index) => [index])
    : chunks(written, limits, (index) => packed[index]!.bytes.length)
  const commands = indexes.map((members): Command => {
    const [first] = members
    if (isPlain) return ['SET', key(first!), packed[first!]!.bytes, 'PX', packed[first!]!.px]
    const args: (string | Uint8Array)[] = []
    for (const index of members) args.push(packed[index]!.bytes, packed[index]!.px)
    return run(setMany, members.map(key), args)
  })
  return { commands: removed.length === 0 ? commands : [...commands, ...unlink(session, removed)], indexes }
}

/** Ends updates: stored where the token still stands, else removed; announced either way. */
export async function settleIn(
  session: Session,
  settlements: readonly Settlement[],
  deadlineAt: number,
): Promise<readonly Stored[]> {
  const { keys } = session.ground
  const commands = settlements.map((settlement): Command => {
    const key = keys.key(settlement.key)
    return settleCommand(session, key, settlement) ?? ['UNLINK', key]
  })
  const names = settlements.map((settlement) => settlement.key)
  const stored = settlements.flatMap(({ lease, write }, index): readonly Stamped[] =>
    commands[index]![0] === 'EVALSHA' ? [{ write: write!, stamps: (lease as HeldLease).stamps }] : [],
  )
  const { replies } = await sendProlonging(session, stored, deadlineAt, () =>
    sendAnnounced(session, commands, { type: 'keys', names }, deadlineAt),
  )
  return settlements.map(({ lease, write }, index) =>
    replies[index] === 1 && commands[index]![0] === 'EVALSHA' && lease instanceof HeldLease
      ? guardsOf(session, lease.guards, write!.tags, lease.stamps)
      : undefined,
  )
}

/** `undefined` when nothing can be stored: no token, a token of another session, or a tag of which nothing was known. */
function settleCommand(session: Session, key: string, { lease, write }: Settlement): Command | undefined {
  if (!(lease instanceof HeldLease) || lease.session !== session || write === undefined) return undefined
  const { right, epoch, stamps } = lease
  if (right.token === undefined || epoch === undefined) return undefined
  if (write.tags.some((tag) => !stamps.has(tag))) return undefined
  const packed = pack(session, write, epoch, stamps)
  return packed === undefined ? undefined : run(settle, [key], [right.token, packed.bytes, packed.px])
}

/** Makes entries stale from now on. Where there are no scripts they are removed. */
export async function expireIn(session: Session, names: readonly string[], deadlineAt: number): Promise<void> {
  const { keys, ids, clock, limits } = session.ground
  const redisKeys = names.map((name) => keys.key(name))
  const now = packInstant(clock.now() + session.time.aheadMs)
  const commands = session.isScriptless
    ? unlink(session, redisKeys)
    : chunks(redisKeys, limits, (key) => key.length).map((batch) =>
        run(expire, batch, [now, ...batch.map(() => ids())]),
      )
  await sendAnnounced(session, commands, { type: 'keys', names }, deadlineAt)
}
