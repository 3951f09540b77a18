import type { Journalled } from './contracts.ts'
import type { JournalFile } from './journal-file.ts'

/** How much a journal holds before it becomes one entry: everything. */
export interface JournalBounds {
  readonly maxEntries: number
  /** Estimated bytes in memory. */
  readonly maxBytes: number
}

/** What an entry takes besides its name, in bytes: about what V8 uses for a place in a map and a string. */
const entryBytes = 64

/** What was taken out and is being applied. */
interface Held {
  readonly keys: ReadonlySet<string>
  readonly tags: ReadonlySet<string>
  readonly all: boolean
  readonly bytes: number
}

/**
 * What was invalidated while the remote store was away, to be replayed before it is read again. Never a value: a write is
 * remembered as the removal of its key. When it overflows it becomes one entry: everything. What has been taken out counts, and is
 * refused to readers, until it is known to hold.
 */
export class Journal {
  readonly #bounds: JournalBounds
  readonly #file: JournalFile | undefined
  readonly #held = new Map<Journalled, Held>()
  #keys = new Set<string>()
  #tags = new Set<string>()
  #isAll = false
  #bytes = 0

  /** @param file where it outlives the process; what an earlier process left there is in it from the start */
  constructor(bounds: JournalBounds, file?: JournalFile) {
    this.#bounds = bounds
    this.#file = file
    if (file === undefined) return
    const { keys, tags, all } = file.left
    this.#isAll = all
    this.#put(this.#keys, keys)
    this.#put(this.#tags, tags)
    this.#bound()
  }

  /** Entries, those that are being applied too. */
  get size(): number {
    let size = this.#own
    for (const { keys, tags, all } of this.#held.values()) size += keys.size + tags.size + (all ? 1 : 0)
    return size
  }

  /** Estimated bytes in memory. */
  get bytes(): number {
    let bytes = this.#bytes
    for (const held of this.#held.values()) bytes += held.bytes
    return bytes
  }

  addKeys(keys: Iterable<string>): void {
    this.#add(this.#keys, 'k', keys)
  }

  addTags(tags: Iterable<string>): void {
    this.#add(this.#tags, 't', tags)
  }

  addAll(): void {
    this.#isAll = true
    this.#keys = new Set()
    this.#tags = new Set()
    this.#bytes = 0
    this.#rewrite()
  }

  /** Whether an entry of this key with these tags was invalidated, and the remote store does not know. */
  concerns(key: string, tags: readonly string[]): boolean {
    if (this.#isAll || this.#keys.has(key) || tags.some((tag) => this.#tags.has(tag))) return true
    for (const held of this.#held.values())
      if (held.all || held.keys.has(key) || tags.some((tag) => held.tags.has(tag))) return true
    return false
  }

  /** Takes everything out to be applied; `undefined` when there is nothing. It is followed by `applied` or `restore` of the same. */
  take(): Journalled | undefined {
    if (this.#own === 0) return undefined
    const journalled = { keys: [...this.#keys], tags: [...this.#tags], all: this.#isAll }
    this.#held.set(journalled, { keys: this.#keys, tags: this.#tags, all: this.#isAll, bytes: this.#bytes })
    this.#keys = new Set()
    this.#tags = new Set()
    this.#isAll = false
    this.#bytes = 0
    return journalled
  }

  /** What was taken out holds now. */
  applied(journalled: Journalled): void {
    this.#held.delete(journalled)
    if (this.size === 0) this.#file?.clear()
    else this.#compact()
  }

  /** What was taken out could not be applied. */
  restore(journalled: Journalled): void {
    this.#held.delete(journalled)
    if (journalled.all) return this.addAll()
    if (this.#isAll) return
    // It stands in the file still.
    this.#put(this.#keys, journalled.keys)
    this.#put(this.#tags, journalled.tags)
    this.#bound()
  }

  /** Ends the file; what is in it stays for the next process. */
  close(): void {
    this.#file?.close()
  }

  get #own(): number {
    return this.#keys.size + this.#tags.size + (this.#isAll ? 1 : 0)
  }

  #add(to: Set<string>, kind: 'k' | 't', names: Iterable<string>): void {
    // Everything is journalled, and was not taken out yet: that is these, too.
    if (this.#isAll) return
    const added = this.#put(to, names)
    if (this.#bound() || added.length === 0) return
    this.#file?.append(kind, added)
    this.#compact()
  }

  /** Adds names, and returns those that are new. */
  #put(to: Set<string>, names: Iterable<string>): readonly string[] {
    const added: string[] = []
    for (const name of names) {
      if (to.has(name)) continue
      to.add(name)
      added.push(name)
      this.#bytes += entryBytes + 2 * name.length
    }
    return added
  }

  /** Whether it overflowed. */
  #bound(): boolean {
    if (this.size <= this.#bounds.maxEntries && this.bytes <= this.#bounds.maxBytes) return false
    this.addAll()
    return true
  }

  /** The file says some things twice, and some that hold already. */
  #compact(): void {
    if (this.#file !== undefined && this.#file.entries > 2 * this.#bounds.maxEntries) this.#rewrite()
  }

  #rewrite(): void {
    if (this.#file === undefined) return
    const now = [{ keys: this.#keys, tags: this.#tags, all: this.#isAll }, ...this.#held.values()]
    this.#file.rewrite({
      keys: now.flatMap(({ keys }) => [...keys]),
      tags: now.flatMap(({ tags }) => [...tags]),
      all: now.some(({ all }) => all),
    })
  }
}
