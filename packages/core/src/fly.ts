import type { Entry, Lease, TakenLease } from './contracts.ts'
import { makeEntry } from './entry.ts'
import { isPatient, waitForOther } from './fleet.ts'
import type { Flight } from './flight.ts'
import { callLoader, type Loader } from './loader.ts'
import type { Policy } from './options.ts'
import { recallUnvouched } from './recall.ts'
import type { Remote } from './remote.ts'
import type { Scope } from './scope.ts'
import { findRemote, keepFound, type SharedRead } from './shared-read.ts'
import type { Beginning } from './tiers.ts'

/** Gets the value of a flight and stores it. Never rejects: the flight is answered whatever happens. */
export async function fly(
  scope: Scope,
  flight: Flight,
  load: Loader<unknown>,
  policy: Policy,
  found?: SharedRead,
): Promise<void> {
  const { tiers } = scope
  const since = tiers.begin(flight.key)
  try {
    const ground = await prepare(scope, flight, policy, since, found)
    // What the read found began earlier, perhaps: nothing is kept that was invalidated since then.
    const sinceRead = { ...since, startSeq: flight.startSeq }
    if (ground !== undefined) await loadAndStore(scope, flight, load, { policy, since: sinceRead, ground })
  } catch (error) {
    flight.answer({ type: 'failed', error })
  } finally {
    tiers.marks.end(flight.key, since.mark)
    flight.land()
  }
}

/** Where a load's value will go. */
interface Ground {
  readonly type: 'ground'
  readonly lease: Lease | undefined
  /** The remote store is not used: there is none, it is skipped, or away. */
  readonly isAlone: boolean
}

const alone: Ground = { type: 'ground', lease: undefined, isAlone: true }

/** Reads the remote store and asks for a lease; `undefined` when an entry was found and has been answered. */
async function prepare(
  scope: Scope,
  flight: Flight,
  policy: Policy,
  since: Beginning,
  known: SharedRead | undefined,
): Promise<Ground | undefined> {
  const { remote } = scope.tiers.parts
  if (remote === undefined || policy.skipRemote) return alone
  // One deadline for the read and the lease, whoever began the read.
  const deadlineAt = Math.min(known?.deadlineAt ?? remote.deadline(), flight.startedAt + policy.timeoutMs)
  const found = known ?? (await findRemote(scope.tiers, remote, flight.key, deadlineAt, policy.skipMemory))
  flight.startSeq = Math.min(flight.startSeq, found.startSeq)
  let ground = await groundOn(scope, flight, found, { policy, since, remote, deadlineAt })
  while (ground?.type === 'taken') {
    await waitForOther(scope, flight, policy, ground)
    if (flight.outcome !== undefined) return undefined
    if (flight.isDetached) {
      // What it would load could not be stored: who waits shares the load of those who come now.
      flight.answer({ type: 'overtaken' })
      return undefined
    }
    const again = Math.min(remote.deadline(), flight.startedAt + policy.timeoutMs)
    const read = await findRemote(scope.tiers, remote, flight.key, again, policy.skipMemory)
    // What is loaded from here on is as new as this read.
    flight.startSeq = read.startSeq
    ground = await groundOn(scope, flight, read, { policy, since, remote, deadlineAt: again })
  }
  return ground
}

interface Asking {
  readonly policy: Policy
  readonly since: Beginning
  readonly remote: Remote
  readonly deadlineAt: number
}

/** Where a load may go after a read; `undefined` when it was the answer. */
async function groundOn(
  scope: Scope,
  flight: Flight,
  found: SharedRead,
  { policy, since, remote, deadlineAt }: Asking,
): Promise<Ground | TakenLease | undefined> {
  const { clock } = scope.tiers.parts
  if (found.entry !== undefined && isAnswer(flight, found.entry, clock.now())) return undefined
  if (found.isAway) return serveUnvouched(scope, flight, policy) ? undefined : alone
  if (flight.isOver) return undefined
  try {
    const tags = scope.remoteTags(flight.tags)
    const isSole = isPatient(scope, flight, policy)
    // The load is bounded by the timeout; its fill may come a little later.
    const leaseMs = policy.timeoutMs + 5_000
    for (let { seen } = found, asked = 1; ; asked++) {
      const request = { key: flight.key, tags, leaseMs, seen, ...(isSole ? { isSole } : {}) }
      const reply = await remote.lease(request, deadlineAt)
      if (reply?.type === 'taken') return reply
      if (reply?.type !== 'entry') return { type: 'ground', lease: reply, isAlone: false }
      const entry = keepFound(scope.tiers, flight.key, reply, {
        ...since,
        settledAt: clock.now(),
        skipMemory: policy.skipMemory,
      })
      if (entry !== undefined && isAnswer(flight, entry, clock.now())) return undefined
      if (!isSole || asked > 1) return { type: 'ground', lease: undefined, isAlone: false }
      seen = reply
    }
  } catch {
    return alone
  }
}

/** Answers with what memory holds though nobody vouches for it, where that was asked for; past its ttl only if the load fails. */
function serveUnvouched(scope: Scope, flight: Flight, policy: Policy): boolean {
  const entry = recallUnvouched(scope, flight.key, policy)
  if (entry === undefined || entry.createdAt < flight.notBefore) return false
  if (scope.tiers.parts.clock.now() < entry.staleAt)
    flight.answer({ type: 'served', entry, from: 'memory', isStale: true })
  else flight.offerStale(entry, 'memory')
  return flight.outcome !== undefined
}

/** Answers with an entry that is fresh and new enough; any other is the value to fall back on. */
function isAnswer(flight: Flight, entry: Entry, now: number): boolean {
  if (now < entry.staleAt && entry.createdAt >= flight.notBefore) {
    flight.answer({ type: 'served', entry, from: 'remote', isStale: false })
    return true
  }
  if (flight.stale === undefined || entry.createdAt >= flight.stale.createdAt) flight.offerStale(entry, 'remote')
  return false
}

interface Terms {
  readonly policy: Policy
  readonly since: Beginning
  readonly ground: Ground
}

async function loadAndStore(scope: Scope, flight: Flight, load: Loader<unknown>, terms: Terms): Promise<void> {
  const { lease } = terms.ground
  let isFilled = false
  try {
    const loaded = await callLoader(scope, flight, load, terms.policy)
    if (loaded.type === 'over') return
    const { createdAt } = loaded
    const entry = makeEntry(
      loaded.value,
      loaded.life ?? { createdAt, staleAt: createdAt, expiresAt: createdAt },
      loaded.tags,
    )
    if (loaded.life === undefined) return flight.answer({ type: 'served', entry, from: 'loader', isStale: false })
    if (terms.ground.isAlone || !scope.isRemoteAble(loaded.tags)) {
      keepAlone(scope, flight, entry, terms)
      return flight.answer({ type: 'served', entry, from: 'loader', isStale: false })
    }
    // The fill is off the callers' path; the flight stays joinable until it is done. A forced one leaves nothing older before it.
    if (flight.isForced && !terms.policy.skipMemory && !flight.isDetached) scope.tiers.parts.memory?.delete(flight.key)
    flight.answer({ type: 'served', entry, from: 'loader', isStale: false })
    isFilled = await fill(scope, flight, entry, terms)
  } finally {
    // Who has replaced this flight may load under the same lease, unless it is for one process at a time: then it has one of its own.
    const isReplaced = !terms.policy.isFleetWide && (scope.tiers.flights.get(flight.key) ?? flight) !== flight
    if (lease !== undefined && !isFilled && !isReplaced) scope.tiers.behind(release(scope, flight.key, lease))
  }
}

function keepAlone(scope: Scope, flight: Flight, entry: Entry, { policy, since }: Terms): void {
  if (policy.skipMemory || flight.isDetached) return
  const own = ownEntry(scope, flight.key, entry, policy)
  if (own !== undefined) scope.tiers.keepAlone(flight.key, own, since)
}

/** Writes what was loaded, then keeps it in memory under the guards that the store gives. Tells whether the lease was used. */
async function fill(scope: Scope, flight: Flight, entry: Entry, { policy, since, ground }: Terms): Promise<boolean> {
  const { remote } = scope.tiers.parts
  if (remote === undefined || flight.isDetached) return false
  if (scope.tiers.tags.invalidatedSince(entry.tags, since.startSeq)) return false
  let payload: Uint8Array
  try {
    payload = scope.serialize(entry.value)
  } catch (cause) {
    scope.serializationFailed(flight.key, cause)
    return false
  }
  try {
    const stored = await remote.fill(scope.remoteWrite(flight.key, payload, entry), ground.lease)
    if (stored === undefined || policy.skipMemory || flight.isDetached) return true
    const own = ownEntry(scope, flight.key, entry, policy)
    if (own !== undefined) scope.tiers.keep(flight.key, own, stored, since)
  } catch {
    // Told as `remoteError`. Whether it was stored is not known, so memory does not keep it.
  }
  return true
}

/** The entry as memory keeps it: with a copy of its own where callers are isolated by copies. */
function ownEntry(scope: Scope, key: string, entry: Entry, policy: Policy): Entry | undefined {
  if (policy.isolation !== 'clone') return entry
  try {
    return makeEntry(scope.clone(entry.value), entry, entry.tags)
  } catch (cause) {
    scope.serializationFailed(key, cause)
    return undefined
  }
}

async function release(scope: Scope, key: string, lease: Lease): Promise<void> {
  try {
    await scope.tiers.parts.remote?.release(key, lease)
  } catch {
    // Told as `remoteError`; the lease ends by itself.
  }
}
