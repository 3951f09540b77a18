import { Bag } from './bag.ts'
import { ChurnMap } from './churn-map.ts'
import type { Clock, Entry, Guard, Invalidation, Journalled, MemoryStore, Serializer, Stored } from './contracts.ts'
import { CounterTable } from './counters.ts'
import { Deadlines } from './deadline.ts'
import { guardedEntry, isDead, makeEntry } from './entry.ts'
import type { Events } from './events.ts'
import type { Joinable } from './joinable.ts'
import type { Journal } from './journal.ts'
import { globMatcher } from './keys.ts'
import type { LoadGate } from './load-gate.ts'
import { Marks, type Mark, type OwnMark } from './marks.ts'
import type { Observers } from './observer.ts'
import { Recent } from './recent.ts'
import type { Remote } from './remote.ts'
import { TagTable } from './tags.ts'

/** What a command under way knew when it began, with a mark to be ended. */
export interface OwnBeginning extends Beginning {
  readonly mark: OwnMark
}

/** What a cache is made of, parsed. */
export interface TierParts {
  readonly name: string
  readonly clock: Clock
  readonly memory: MemoryStore | undefined
  readonly remote: Remote | undefined
  readonly serializer: Serializer
  readonly journal: Journal
  readonly gate: LoadGate
  readonly events: Events
  readonly observers: Observers
  readonly maxStalenessMs: number
  readonly maxValueBytes: number
  readonly maxTags: number
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
  readonly random: () => number
}

/** What a command under way knew when it began. */
export interface Beginning {
  readonly mark: Mark
  readonly startedAt: number
  /** {@link TagTable.seq} then. */
  readonly startSeq: number
}

const noGuards: readonly Guard[] = []

/** Whether guards came from a store that keeps memory coherent by them. */
export function isVouching(given: readonly Guard[] | undefined): boolean {
  return given !== undefined && given.length > 0
}

/** The two tiers of a cache and of all its namespaces, with everything that is under way in them. */
export class Tiers {
  readonly parts: TierParts
  readonly deadlines: Deadlines
  readonly marks: Marks = new Marks()
  /** Loads under way, by key. */
  readonly flights: ChurnMap<Joinable> = new ChurnMap()
  /** Reads of the remote store under way, by key. */
  readonly reads: ChurnMap<Joinable> = new ChurnMap()
  readonly tags: TagTable
  readonly observers: Observers
  readonly counters: CounterTable = new CounterTable()
  readonly recent: Recent = new Recent(256)
  readonly background: Bag<Promise<unknown>> = new Bag()
  /** Writes and invalidations under way; closing waits for them. */
  readonly writes: Bag<Promise<unknown>> = new Bag()
  isClosed = false
  evictions = 0
  remoteErrors = 0
  heard = 0
  gaps = 0
  #outage: Guard = { goodUntil: Number.POSITIVE_INFINITY }
  #fallbackKeys = new Set<string>()

  constructor(parts: TierParts) {
    this.parts = parts
    this.observers = parts.observers
    this.deadlines = new Deadlines(parts.clock)
    this.tags = new TagTable(parts.maxTags)
  }

  /** Ends what is known of some keys: memory, and whatever is under way may keep nothing and be joined no more. */
  forgetKeys(keys: readonly string[]): void {
    for (const key of keys) this.forgetKey(key)
  }

  forgetKey(key: string): void {
    this.tags.advance()
    this.parts.memory?.delete(key)
    this.marks.dirty(key)
    this.#detach(key)
  }

  /** Makes entries stale from now on, in memory alone. */
  expireHere(keys: readonly string[]): void {
    const { memory, clock } = this.parts
    const now = clock.now()
    for (const key of keys) {
      const entry = memory?.get(key)
      this.forgetKey(key)
      if (entry === undefined || now >= entry.expiresAt || isDead(entry)) continue
      const life = { createdAt: entry.createdAt, staleAt: Math.min(entry.staleAt, now), expiresAt: entry.expiresAt }
      memory?.set(key, makeEntry(entry.value, life, entry.tags, entry.guards))
    }
  }

  forgetTags(tags: readonly string[]): void {
    this.tags.invalidate(tags)
    for (const flight of this.flights.values())
      if (flight.tags.some((tag) => tags.includes(tag))) this.#detach(flight.key)
  }

  forgetMatching(pattern: string): void {
    this.tags.advance()
    const matches = globMatcher(pattern)
    this.marks.dirtyWhere(matches)
    for (const key of [...this.flights.keys(), ...this.reads.keys()]) if (matches(key)) this.#detach(key)
    const { memory } = this.parts
    if (memory !== undefined) for (const key of Array.from(memory.keys())) if (matches(key)) memory.delete(key)
  }

  forgetAll(): void {
    this.tags.invalidateAll()
    this.detachAll()
    this.parts.memory?.clear()
  }

  /** Loads and reads under way keep nothing and are joined no more; what was kept during an outage ends. */
  detachAll(): void {
    this.tags.advance()
    this.marks.dirtyWhere(() => true)
    for (const key of [...this.flights.keys(), ...this.reads.keys()]) this.#detach(key)
    this.#outage.goodUntil = Number.NEGATIVE_INFINITY
    this.#outage = { goodUntil: Number.POSITIVE_INFINITY }
    this.#fallbackKeys = new Set()
  }

  forget(what: Invalidation): void {
    if (what.type === 'keys') this.forgetKeys(what.names)
    else if (what.type === 'tags') this.forgetTags(what.names)
    else if (what.type === 'pattern') this.forgetMatching(what.pattern)
    else this.forgetAll()
  }

  /** Something was invalidated: told, and remembered to explain a miss. */
  invalidated(what: Invalidation, origin: 'local' | 'remote'): void {
    if (what.type === 'tags') this.tags.count(what.names)
    this.recent.add({ what, origin, at: this.parts.clock.now() })
    this.parts.events.emit('invalidated', { what, origin })
  }

  /** What was journalled holds in the remote store. */
  repaired({ keys, tags, all }: Journalled): void {
    this.parts.events.emit('repaired', { keys: keys.length, tags: tags.length, all })
  }

  begin(key: string, now: number = this.parts.clock.now()): OwnBeginning {
    return { mark: this.marks.begin(key), startedAt: now, startSeq: this.tags.seq }
  }

  /** What an entry with these tags depends on: what the store gave, and the tags as this process knows them. */
  guards(tags: readonly string[], given: readonly Guard[] = noGuards): readonly Guard[] {
    if (tags.length === 0) return given
    return given.length === 0 ? this.tags.guards(tags) : [...given, ...this.tags.guards(tags)]
  }

  /** Keeps in memory what the remote store has too, unless something was invalidated since the beginning. */
  keep(key: string, entry: Entry, stored: Stored, since: Beginning): void {
    // Stores of others may answer with `null`.
    if (stored === undefined || stored === null) return
    this.keepGuarded(key, guardedEntry(entry, this.guards(entry.tags, stored)), since, isVouching(stored))
  }

  /** As `keep`, for an entry that has its guards. Where no announcement would end it, its life in memory is short. */
  keepGuarded(key: string, entry: Entry, since: Beginning, isVouched: boolean): void {
    const { memory, remote, maxStalenessMs } = this.parts
    if (memory === undefined || !this.#isUntouched(entry.tags, since) || isDead(entry)) return
    if (remote === undefined || (isVouched && remote.isCoherent)) memory.set(key, entry)
    else memory.set(key, guardedEntry(entry, entry.guards ?? noGuards, since.startedAt + maxStalenessMs))
  }

  /**
   * Keeps in memory what the remote store does not have. While its session holds, announcements end the entry as any other;
   * cut off, it lives until `maxStaleness` after its making began at most, and ends with the outage: nobody else can invalidate it.
   */
  keepAlone(key: string, entry: Entry, since: Beginning): void {
    const { memory, remote, clock, maxStalenessMs } = this.parts
    if (remote === undefined) return this.keep(key, entry, [], since)
    if (memory === undefined || !this.#isUntouched(entry.tags, since)) return
    const session = remote.store.guard?.(key)
    const tagGuards = this.tags.guards(entry.tags)
    if (session !== undefined && session.goodUntil > clock.now()) {
      memory.set(key, guardedEntry(entry, [session, this.#outage, ...tagGuards]))
    } else {
      memory.set(key, guardedEntry(entry, [this.#outage, ...tagGuards], since.startedAt + maxStalenessMs))
    }
    if (this.#fallbackKeys.size < 100_000) this.#fallbackKeys.add(key)
  }

  /** How many entries live in memory only because the remote store could not take them. */
  countFallback(): number {
    const { memory } = this.parts
    for (const key of this.#fallbackKeys) {
      if (memory?.get(key)?.guards?.includes(this.#outage) !== true) this.#fallbackKeys.delete(key)
    }
    return this.#fallbackKeys.size
  }

  /** A write or an invalidation, known to be under way until it settles. */
  track<T>(promise: Promise<T>): Promise<T> {
    const place = this.writes.add(promise)
    const settled = (): void => this.writes.remove(place)
    promise.then(settled, settled)
    return promise
  }

  /** Work that nobody waits for. It must not reject. */
  behind(promise: Promise<unknown>): void {
    const place = this.background.add(promise)
    void promise.finally(() => this.background.remove(place))
    try {
      this.parts.waitUntil?.(promise)
    } catch (error) {
      process.emitWarning(`The option \`waitUntil\` threw: ${String(error)}`, 'HoldfastWarning')
    }
  }

  #isUntouched(tags: readonly string[], since: Beginning): boolean {
    return !since.mark.isDirty && !this.isClosed && !this.tags.invalidatedSince(tags, since.startSeq)
  }

  #detach(key: string): void {
    const flight = this.flights.get(key)
    if (flight !== undefined) {
      flight.isDetached = true
      this.flights.delete(key)
    }
    const read = this.reads.get(key)
    if (read !== undefined) {
      read.isDetached = true
      this.reads.delete(key)
    }
  }
}
