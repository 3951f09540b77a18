import { isSince, type MemoPart, type Version } from './memo-part.ts'
import type { MemoStore } from './memo-store.ts'
import { now } from './moment.ts'
import { Sightings } from './sightings.ts'

/**
 * In how many parts the memo is kept: what is lost of it, by eviction or by two writers at once, is one of these. All are looked at
 * for each entry.
 */
const parts = 16

/** All parts of the memo. */
export type Memo = readonly MemoPart[]

/** What had been seen of each part of the memo when an entry's making began: lives and counts by turns, for each part two numbers. */
export type Seen = readonly number[]

const keys: readonly string[] = Array.from({ length: parts }, (_, part) => `revalidated:${part}`)

/**
 * A memo of which tags were revalidated, in order, shared by all processes: for what tags on entries cannot say. An entry of `'use cache'`
 * does not carry the tags of the pages that read it; and what is being made while its tag is revalidated does not carry the tag yet.
 *
 * No clock is compared with another: each entry says what of the memo had been seen when its making began. The memo has as many keys as
 * parts, each bounded. A part that is lost, or that Redis cannot be asked for, begins another life, and nothing from before is believed.
 */
export class Revalidations {
  readonly #store: MemoStore
  readonly #sightings = keys.map(() => new Sightings())
  readonly #writers = new Map<string, PartWriter>()
  #looking: Promise<Memo> | undefined
  /** Tags whose revalidation here is not written yet: Next may answer the one who revalidates before that. */
  readonly #unwritten = new Map<string, symbol>()

  constructor(store: MemoStore) {
    this.#store = store
  }

  /**
   * Looks at the memo, all of it: what is made next may have any tags, and is judged by what was seen before. In memory that costs
   * microseconds; all who look in one turn look together.
   */
  look(): Promise<Memo> {
    if (this.#looking === undefined) {
      this.#looking = this.#look()
      queueMicrotask(() => {
        this.#looking = undefined
      })
    }
    return this.#looking
  }

  /** Whether nothing that an entry depends on was revalidated since its making began. */
  isCurrent(memo: Memo, seen: Seen, tags: readonly string[]): boolean {
    if (tags.some((tag) => this.#unwritten.has(tag))) return false
    return [...byPart(tags)].every(([part, own]) => isSince(versionIn(seen, part), memo[part]!, own))
  }

  /** What had been seen at an instant, by {@link now}. */
  async seenAt(instant: number): Promise<Seen> {
    if (this.#sightings.some(({ isEmpty }) => isEmpty)) await this.look()
    return this.#sightings.flatMap((sightings) => {
      const { life, count } = sightings.at(instant)
      return [life, count]
    })
  }

  /** Notes that tags are revalidated. */
  async add(tags: readonly string[]): Promise<void> {
    const me = Symbol('revalidation')
    for (const tag of tags) this.#unwritten.set(tag, me)
    try {
      await Promise.all([...byPart(tags)].map(([part, own]) => this.#writerOf(keys[part]!).add(own)))
    } finally {
      for (const tag of tags) if (this.#unwritten.get(tag) === me) this.#unwritten.delete(tag)
    }
  }

  async #look(): Promise<Memo> {
    const memo = await this.#store.read(keys)
    const at = now()
    for (const [i, part] of memo.entries()) this.#sightings[i]!.add(part, at)
    return memo
  }

  #writerOf(key: string): PartWriter {
    const writer = this.#writers.get(key) ?? new PartWriter(this.#store, key)
    this.#writers.set(key, writer)
    return writer
  }
}

/** Writes one part of the memo, one write at a time. */
class PartWriter {
  readonly #store: MemoStore
  readonly #key: string
  #waiting = new Set<string>()
  #last: Promise<unknown> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(store: MemoStore, key: string) {
    this.#store = store
    this.#key = key
  }

  /** All that are added while a write is under way go with the next one. */
  add(tags: readonly string[]): Promise<void> {
    for (const tag of tags) this.#waiting.add(tag)
    this.#next ??= this.#last.then(() => this.#write())
    this.#last = this.#next.catch(() => undefined)
    return this.#next
  }

  async #write(): Promise<void> {
    const tags = this.#waiting
    this.#waiting = new Set()
    this.#next = undefined
    await this.#store.write(this.#key, tags)
  }
}

function versionIn(seen: Seen, part: number): Version {
  return { life: seen[2 * part] ?? -1, count: seen[2 * part + 1] ?? -1 }
}

function byPart(tags: readonly string[]): ReadonlyMap<number, string[]> {
  const found = new Map<number, string[]>()
  for (const tag of new Set(tags)) {
    const part = partOf(tag)
    const own = found.get(part)
    if (own === undefined) found.set(part, [tag])
    else own.push(tag)
  }
  return found
}

/** By FNV-1a. */
function partOf(tag: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < tag.length; i++) hash = Math.imul(hash ^ tag.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % parts
}
