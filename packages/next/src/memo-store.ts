import type { Cache, Namespace } from '@holdfast/core'
import { setTimeout } from 'node:timers/promises'
import { newPart, withTags, type MemoPart } from './memo-part.ts'
import { now } from './moment.ts'

/** Longer than any entry is kept. */
const ttl = '365d'

/** Longer than it takes to store what was begun anew, where the answer does not wait for it. */
const settledMs = 10

/** How long it is done without a part that Redis cannot be asked for, until it is asked again to hold one. */
const patienceMs = 1_000

/** Where the parts of the memo are kept: the same for all processes that reach Redis. */
export class MemoStore {
  readonly #entries: Namespace
  readonly #hasRemote: boolean
  /** Parts of this process's own, while Redis cannot be asked for the common ones. */
  readonly #own = new Map<string, MemoPart>()
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(cache: Cache, entries: Namespace) {
    this.#entries = entries
    this.#hasRemote = cache.describe().remote !== undefined
  }

  /** The parts of some keys, in their order. A part that nobody has begins its life. */
  async read(keys: readonly string[]): Promise<readonly MemoPart[]> {
    if (!this.#hasRemote) return Promise.all(keys.map((key) => this.#entries.getOrSet(key, newPart, { ttl })))
    const first = await this.#find(keys)
    const missing = keys.filter((_, i) => first[i] === undefined)
    const found = missing.length > 0 && (await this.#begin(missing)) ? await this.#find(keys) : first
    return found.map((part, i) => this.#agreed(keys[i]!, part))
  }

  /** Notes in a part that tags are revalidated. To be called once at a time for a part: two at once cost it. */
  async write(key: string, tags: Iterable<string>): Promise<void> {
    // Where there is nobody else, memory has the last word; `update` forgets it.
    const mine = this.#hasRemote ? undefined : await this.#entries.get<MemoPart>(key)
    // The token is taken first: what another process writes between the read and the write is not overwritten. The part is lost
    // instead, and its next life stands for both. Memory takes only what Redis has.
    const { reached } = await this.#entries.update(
      key,
      async () => {
        const before = this.#hasRemote ? await this.#entries.get<MemoPart>(key, { skipMemory: true }) : mine
        return before === undefined ? newPart() : withTags(before, tags)
      },
      { ttl, skipMemory: this.#hasRemote },
    )
    if (reached !== 'all') this.#own.set(key, newPart())
  }

  #find(keys: readonly string[]): Promise<readonly (MemoPart | undefined)[]> {
    return Promise.all(keys.map((key) => this.#entries.get<MemoPart>(key)))
  }

  /** Begins parts in Redis: of several processes that do, one does, and all will find the same. */
  async #begin(keys: readonly string[]): Promise<boolean> {
    if (now() - this.#askedAt < patienceMs && keys.every((key) => this.#own.has(key))) return false
    this.#askedAt = now()
    await Promise.all(keys.map((key) => this.#entries.getOrSet(key, newPart, { ttl, skipMemory: true })))
    await setTimeout(settledMs)
    return true
  }

  #agreed(key: string, part: MemoPart | undefined): MemoPart {
    if (part !== undefined) {
      this.#own.delete(key)
      return part
    }
    const own = this.#own.get(key) ?? newPart()
    this.#own.set(key, own)
    return own
  }
}
