import { equalAt, type Guard } from '@holdfast/core'

/** A tag's version at one moment. One that is out of date by now makes an entry invalid, and nothing worse. */
export interface Stamp {
  readonly version: Uint8Array
  /** The tag's record, where the version can be believed from now on. */
  readonly record: TagRecord | undefined
}

/** A tag's version as this session knows it, and the guard of all that depends on it. */
export class TagRecord implements Guard {
  goodUntil: number = Number.POSITIVE_INFINITY
  /** Until when its key lives in Redis, in local time, unless it is evicted or Redis refused to prolong it. */
  livesUntil: number
  readonly version: Uint8Array
  /** A version that was found to be another's past: an entry that has it need not be asked about again. */
  outdated: Uint8Array | undefined
  /** Its place in the order in which records were made. */
  readonly seq: number
  readonly stamp: Stamp

  constructor(version: Uint8Array, seq: number, livesUntil: number) {
    this.version = version
    this.seq = seq
    this.livesUntil = livesUntil
    this.stamp = { version, record: this }
  }
}

/** A look-up of a tag that is under way. Dirty once the tag was invalidated: then its answer proves nothing. */
export interface TagLookup {
  readonly name: string
  isDirty: boolean
  /** How many share it. */
  users: number
}

/** Of all tables together: a tag may be in another one than an entry's session. */
let lastSeq = 0

/**
 * The tags whose version a session knows, kept true by the announcements it hears. Bounded: the guard of a forgotten one dies.
 * An answer that was under way while its tag was invalidated does not enter (§7 "stale-tag-table").
 */
export class TagTable {
  readonly #maxTags: number
  readonly #records = new Map<string, TagRecord>()
  readonly #lookups = new Map<string, TagLookup>()

  constructor(maxTags: number) {
    this.#maxTags = maxTags
  }

  get size(): number {
    return this.#records.size
  }

  /** Records made so far: one with a greater `seq` was read later. */
  get seq(): number {
    return lastSeq
  }

  get(name: string): TagRecord | undefined {
    return this.#records.get(name)
  }

  /** Begins a look-up, before its command is sent. To be ended with {@link end} whatever becomes of it. */
  begin(name: string): TagLookup {
    const shared = this.#lookups.get(name)
    if (shared !== undefined) {
      shared.users++
      return shared
    }
    const lookup = { name, isDirty: false, users: 1 }
    this.#lookups.set(name, lookup)
    return lookup
  }

  /** Ends a look-up with the version that was read, if one was. Gives the tag's record when the answer can be believed. */
  end(lookup: TagLookup, version: Uint8Array | undefined, livesUntil: number): TagRecord | undefined {
    this.abandon(lookup)
    if (lookup.isDirty) return undefined
    if (version === undefined) {
      this.#kill(lookup.name)
      return undefined
    }
    const known = this.#records.get(lookup.name)
    if (known !== undefined && equalAt(known.version, 0, version)) {
      known.livesUntil = Math.max(known.livesUntil, livesUntil)
      return known
    }
    this.#kill(lookup.name)
    const record = new TagRecord(version, ++lastSeq, livesUntil)
    this.#records.set(lookup.name, record)
    if (this.#records.size > this.#maxTags) this.#forgetOldest()
    return record
  }

  /** Ends a look-up that was not answered. */
  abandon(lookup: TagLookup): undefined {
    if (--lookup.users === 0 && this.#lookups.get(lookup.name) === lookup) this.#lookups.delete(lookup.name)
  }

  /** These tags were invalidated: their guards die, and what is being read of them proves nothing. */
  invalidate(names: readonly string[]): void {
    for (const name of names) {
      this.#kill(name)
      this.#soil(name)
    }
  }

  invalidateAll(): void {
    for (const record of this.#records.values()) record.goodUntil = Number.NEGATIVE_INFINITY
    this.#records.clear()
    for (const name of this.#lookups.keys()) this.#soil(name)
  }

  #kill(name: string): void {
    const record = this.#records.get(name)
    if (record === undefined) return
    record.goodUntil = Number.NEGATIVE_INFINITY
    this.#records.delete(name)
  }

  // Let go of at once, so that a look-up that begins now has one of its own.
  #soil(name: string): void {
    const lookup = this.#lookups.get(name)
    if (lookup === undefined) return
    lookup.isDirty = true
    this.#lookups.delete(name)
  }

  #forgetOldest(): void {
    const [oldest] = this.#records.keys()
    if (oldest !== undefined) this.#kill(oldest)
  }
}
