import type { Guard } from './contracts.ts'

interface TagRecord {
  guard: Guard
  /** The value of the table's sequence when the tag was last invalidated; 0 when never. */
  invalidatedSeq: number
  stored: number
  invalidations: number
}

/** A tag that this process knows. */
export interface KnownTag {
  readonly tag: string
  /** Entries with it that came into memory since it is known, those that are gone since included. */
  readonly stored: number
  /** How often it was invalidated since it is known, here or by another process. */
  readonly invalidations: number
}

/**
 * The tags this process knows: a shared guard for each, and when each was last invalidated, counted in invalidations rather
 * than in time. Bounded: the guard of a forgotten tag dies, and a floor stands for when forgotten ones were invalidated, so
 * that forgetting loses hits and nothing else.
 */
export class TagTable {
  readonly #maxTags: number
  readonly #records = new Map<string, TagRecord>()
  #floor = 0
  #seq = 0

  constructor(maxTags: number) {
    this.#maxTags = maxTags
  }

  /** The number of invalidations so far. */
  get seq(): number {
    return this.#seq
  }

  get size(): number {
    return this.#records.size
  }

  /** The guards of some tags. */
  guards(tags: readonly string[]): Guard[] {
    return tags.map((tag) => {
      const record = this.#record(tag)
      record.stored++
      return record.guard
    })
  }

  /** The tags that most was stored with, most first. Looks at each: not for a hot path. */
  known(limit: number, isHidden: (tag: string) => boolean): KnownTag[] {
    const most: KnownTag[] = []
    for (const [tag, { stored, invalidations }] of this.#records) {
      if (isHidden(tag) || (most.length === limit && stored <= most[limit - 1]!.stored)) continue
      const place = most.findIndex((other) => other.stored < stored)
      most.splice(place === -1 ? most.length : place, 0, { tag, stored, invalidations })
      if (most.length > limit) most.pop()
    }
    return most
  }

  /** Kills the guards of some tags. */
  invalidate(tags: readonly string[]): void {
    this.#seq++
    for (const tag of tags) {
      const record = this.#record(tag)
      record.guard.goodUntil = Number.NEGATIVE_INFINITY
      record.guard = { goodUntil: Number.POSITIVE_INFINITY }
      record.invalidatedSeq = this.#seq
    }
  }

  /** Counts an invalidation of some tags; their guards may die more than once by it. */
  count(tags: readonly string[]): void {
    for (const tag of tags) this.#record(tag).invalidations++
  }

  /** Kills the guards of all tags. */
  invalidateAll(): void {
    this.#seq++
    this.#floor = this.#seq
    for (const record of this.#records.values()) record.guard.goodUntil = Number.NEGATIVE_INFINITY
    this.#records.clear()
  }

  /** Counts an invalidation of something other than tags. */
  advance(): void {
    this.#seq++
  }

  /** Whether one of these may have been invalidated after `seq`. */
  invalidatedSince(tags: readonly string[], seq: number): boolean {
    return tags.some((tag) => (this.#records.get(tag)?.invalidatedSeq ?? this.#floor) > seq)
  }

  #record(tag: string): TagRecord {
    const known = this.#records.get(tag)
    if (known !== undefined) {
      this.#records.delete(tag)
      this.#records.set(tag, known)
      return known
    }
    const record: TagRecord = {
      guard: { goodUntil: Number.POSITIVE_INFINITY },
      invalidatedSeq: this.#floor,
      stored: 0,
      invalidations: 0,
    }
    this.#records.set(tag, record)
    if (this.#records.size > this.#maxTags) this.#forgetOldest()
    return record
  }

  #forgetOldest(): void {
    const [oldest] = this.#records
    if (oldest === undefined) return
    this.#records.delete(oldest[0])
    oldest[1].guard.goodUntil = Number.NEGATIVE_INFINITY
    this.#floor = Math.max(this.#floor, oldest[1].invalidatedSeq)
  }
}
