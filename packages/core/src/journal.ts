import type { Journalled } from './contracts.ts'

/**
 * What was invalidated while the remote store was away, to be replayed before it is read again. Never a value: a write is
 * remembered as the removal of its key. When it overflows it becomes one entry: everything.
 */
export class Journal {
  readonly #maxEntries: number
  /** When each was added, by {@link #now}. */
  #keys = new Map<string, number>()
  #tags = new Map<string, number>()
  #all: number | undefined
  #now = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#keys.size + this.#tags.size + (this.#all === undefined ? 0 : 1)
  }

  addKeys(keys: Iterable<string>): void {
    this.#add(this.#keys, keys)
  }

  addTags(tags: Iterable<string>): void {
    this.#add(this.#tags, tags)
  }

  addAll(): void {
    this.#now++
    this.#all = this.#now
    this.#keys = new Map()
    this.#tags = new Map()
  }

  /** Whether an entry of this key with these tags was invalidated, and the remote store does not know. */
  concerns(key: string, tags: readonly string[]): boolean {
    return this.#all !== undefined || this.#keys.has(key) || tags.some((tag) => this.#tags.has(tag))
  }

  /** Takes everything out; `undefined` when there is nothing. */
  take(): Journalled | undefined {
    const taken = this.peek()
    if (taken !== undefined) this.applied(taken.until)
    return taken && { keys: taken.keys, tags: taken.tags, all: taken.all }
  }

  /** Everything, left where it is until it is {@link applied}; `undefined` when there is nothing. */
  peek(): (Journalled & { readonly until: number }) | undefined {
    if (this.size === 0) return undefined
    return {
      keys: [...this.#keys.keys()],
      tags: [...this.#tags.keys()],
      all: this.#all !== undefined,
      until: this.#now,
    }
  }

  /** What was there at `until` has been applied. What was added since, or again, stays. */
  applied(until: number): void {
    for (const names of [this.#keys, this.#tags])
      for (const [name, addedAt] of names) if (addedAt <= until) names.delete(name)
    if (this.#all !== undefined && this.#all <= until) this.#all = undefined
  }

  restore(journalled: Journalled): void {
    if (journalled.all) this.addAll()
    this.addKeys(journalled.keys)
    this.addTags(journalled.tags)
  }

  #add(to: Map<string, number>, names: Iterable<string>): void {
    this.#now++
    // Everything is journalled, and was not applied yet: that is these, too.
    if (this.#all !== undefined) {
      this.#all = this.#now
      return
    }
    for (const name of names) to.set(name, this.#now)
    if (this.size > this.#maxEntries) this.addAll()
  }
}
