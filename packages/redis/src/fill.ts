import type { Fill, Stored } from '@holdfast/core'
import { chunks } from './chunks.ts'
import { HeldLease } from './held-lease.ts'
import { keeperOf, recordOf } from './keepers.ts'
import type { Command, Reply } from './link.ts'
import { sendProlonging } from './prolong.ts'
import { fill, release, run } from './scripts.ts'
import type { Session } from './session.ts'
import { guardsOf, pack, type Packed } from './stored.ts'
import { takeSnapshot } from './tag-snapshot.ts'
import type { Stamp } from './tag-table.ts'

/** A fill that may be sent. */
interface Ready {
  readonly index: number
  readonly fill: Fill
  readonly lease: HeldLease
  readonly token: Uint8Array
  readonly epoch: Uint8Array
  readonly stamps: ReadonlyMap<string, Stamp>
}

/**
 * Stores what was loaded where the lease still stands, all in one round trip. A lease of another session stores nothing: what it
 * knew is not true any more.
 */
export async function fillIn(session: Session, fills: readonly Fill[], deadlineAt: number): Promise<readonly Stored[]> {
  const stored: Stored[] = fills.map((one) => inMemoryOnly(session, one))
  for (const { lease } of fills) letGo(lease)
  const ready = await prepare(session, fills, deadlineAt)
  const packed = new Map<Ready, Packed>()
  for (const one of ready) {
    const bytes = pack(session, one.fill.write, one.epoch, one.stamps)
    if (bytes !== undefined) packed.set(one, bytes)
  }
  const batches = chunks([...packed.keys()], session.ground.limits, (one) => packed.get(one)!.bytes.length)
  if (batches.length === 0) return stored
  const commands = batches.map((batch) => fillCommand(session, batch, packed))
  const sent = [...packed.keys()].map(({ fill: { write }, stamps }) => ({ write, stamps }))
  const replies = await sendProlonging(session, sent, deadlineAt, () => session.exchange(commands, deadlineAt))
  for (const [index, batch] of batches.entries()) {
    for (const [position, one] of batch.entries()) {
      if (!isStored(replies[index]!, position)) continue
      stored[one.index] = guardsOf(session, one.lease.guards, one.fill.write.tags, one.stamps)
    }
  }
  return stored
}

/**
 * Gives back leases that were made for loads, each in the session that took it: its slot may have moved since, and it is sent on then. What
 * stood there before them stays.
 */
export async function releaseIn(
  leases: readonly { readonly key: string; readonly lease: unknown }[],
  deadlineAt: number,
): Promise<void> {
  const held = new Map<Session, { readonly redisKey: string; readonly token: Uint8Array }[]>()
  for (const { key, lease } of leases) {
    letGo(lease)
    if (!(lease instanceof HeldLease) || lease.session.isEnded || !lease.right.isOwn) continue
    const own = { redisKey: lease.session.ground.keys.key(key), token: lease.right.token! }
    const there = held.get(lease.session)
    if (there === undefined) held.set(lease.session, [own])
    else there.push(own)
  }
  await Promise.all(
    [...held].map(([session, own]) => {
      const batches = chunks(own, session.ground.limits, ({ redisKey }) => redisKey.length)
      const commands = batches.map((batch) =>
        run(
          release,
          batch.map(({ redisKey }) => redisKey),
          [...batch.map(({ token }) => token), session.ground.keys.overs],
        ),
      )
      return session.exchange(commands, deadlineAt)
    }),
  )
}

function letGo(lease: unknown): void {
  if (lease instanceof HeldLease) lease.session.fleet.letGo(lease)
}

/** What memory may keep although Redis does not take it: as long as all is heard, what ends the one ends the other. */
function inMemoryOnly(session: Session, { lease, write }: Fill): Stored {
  if (!(lease instanceof HeldLease) || lease.session !== session || session.hearing !== 'all') return undefined
  if (!lease.right.isMemoryOnly && lease.epoch !== undefined) return undefined
  const known = write.tags.filter((name) => lease.stamps.get(name)?.record !== undefined)
  // What its tags' own node would announce may not be heard.
  if (session.ground.kin !== undefined && known.length < write.tags.length) return undefined
  return guardsOf(session, lease.guards, known, lease.stamps)
}

/** The fills that may be sent, with the versions of their tags. */
async function prepare(session: Session, fills: readonly Fill[], deadlineAt: number): Promise<readonly Ready[]> {
  const ready: Ready[] = []
  const late: { readonly one: Ready; readonly unknown: readonly string[] }[] = []
  for (const [index, one] of fills.entries()) {
    const { lease } = one
    if (!(lease instanceof HeldLease) || lease.session !== session || session.isEnded) continue
    const { right, epoch } = lease
    if (right.token === undefined || epoch === undefined) continue
    const stamps = new Map(lease.stamps)
    const unknown = one.write.tags.filter((name) => !stamps.has(name) && !stampFromTable(session, lease, name, stamps))
    const candidate: Ready = { index, fill: one, lease, token: right.token, epoch, stamps }
    if (unknown.length === 0) ready.push(candidate)
    else late.push({ one: candidate, unknown })
  }
  if (late.length > 0) ready.push(...(await stampLate(session, late, deadlineAt)))
  return ready
}

/** A tag that the table has known since before the load began: its version is older than anything that was loaded. */
function stampFromTable(session: Session, lease: HeldLease, name: string, stamps: Map<string, Stamp>): boolean {
  const record = session.hearing === 'all' ? recordOf(session, name) : undefined
  if (record === undefined || record.seq > lease.seq) return false
  stamps.set(name, record.stamp)
  return true
}

/**
 * Tags that became known with the load, of which nothing was known before: what may have been invalidated since the load began is not
 * stored. A missing one may have been, and is made for the next time (§2.8).
 */
async function stampLate(
  session: Session,
  late: readonly { readonly one: Ready; readonly unknown: readonly string[] }[],
  deadlineAt: number,
): Promise<readonly Ready[]> {
  const names = late.flatMap(({ unknown }) => unknown)
  const { snapshot } = await takeSnapshot(session, names, [], deadlineAt)
  return late.flatMap(({ one, unknown }) => {
    const isUntouched = unknown.every(
      (name) => (snapshot.invalidatedAt.get(name) ?? Infinity) < loadsFrom(session, one.lease, name),
    )
    if (!isUntouched) return []
    const stamps = new Map(one.stamps)
    for (const name of unknown) stamps.set(name, snapshot.stamps.get(name)!)
    return [{ ...one, stamps }]
  })
}

/** When a load began, in the time of the node that keeps a tag. */
function loadsFrom(session: Session, lease: HeldLease, tag: string): number {
  const keeper = keeperOf(session, tag)
  if (keeper === session) return lease.loadsFrom
  return keeper?.time.isKnown === true ? keeper.time.earliest(lease.startedAt) : Number.NEGATIVE_INFINITY
}

function fillCommand(session: Session, fills: readonly Ready[], packed: ReadonlyMap<Ready, Packed>): Command {
  const keys = fills.map((one) => session.ground.keys.key(one.fill.write.key))
  const args = fills.flatMap((one) => [
    one.token,
    packed.get(one)!.bytes,
    packed.get(one)!.px,
    one.lease.right.isLock === true ? '1' : '0',
  ])
  return run(fill, keys, [...args, session.ground.keys.overs])
}

function isStored(reply: Reply, position: number): boolean {
  return Array.isArray(reply) && (reply as readonly Reply[])[position] === 1
}
