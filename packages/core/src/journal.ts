import type { Journalled } from './contracts.ts'

/**
 * What was invalidated while the remote store was away, to be replayed before it is read again. Never a value: a write is
 * remembered as the removal of its key. When it overflows it becomes one entry: everything.
 */
export class Journal {
  readonly #maxEntries: number
  #keys = new Set<string>()
  #tags = new Set<string>()
  #all = false

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#keys.size + this.#tags.size + (this.#all ? 1 : 0)
  }

  addKeys(keys: Iterable<string>): void {
    if (this.#all) return
    for (const key of keys) this.#keys.add(key)
    this.#bound()
  }

  addTags(tags: Iterable<string>): void {
    if (this.#all) return
    for (const tag of tags) this.#tags.add(tag)
    this.#bound()
  }

  addAll(): void {
    this.#all = true
    this.#keys = new Set()
    this.#tags = new Set()
  }

  /** Takes everything out; `undefined` when there is nothing. */
  take(): Journalled | undefined {
    if (this.size === 0) return undefined
    const taken: Journalled = { keys: [...this.#keys], tags: [...this.#tags], all: this.#all }
    this.#keys = new Set()
    this.#tags = new Set()
    this.#all = false
    return taken
  }

  restore(journalled: Journalled): void {
    if (journalled.all) this.addAll()
    this.addKeys(journalled.keys)
    this.addTags(journalled.tags)
  }

  #bound(): void {
    if (this.size > this.#maxEntries) this.addAll()
  }
}
