import type { Fill, RemoteOperation, RemoteStore } from '@holdfast/core'

import { Breaker } from './breaker.ts'
import type { ParsedBreakerOptions } from './options.ts'

/** Nodes come and go: of those that are gone, breakers are kept for so many. */
const mostParts = 256

/**
 * The breakers of a store: one for each of its parts, which fail each alone, and one for calls that concern several. Where a store has no
 * parts, that is the only one.
 */
export class Breakers {
  readonly whole: Breaker
  readonly #store: RemoteStore
  readonly #options: ParsedBreakerOptions
  readonly #parts = new Map<string, Breaker>()
  #isShutDown = false

  constructor(store: RemoteStore, options: ParsedBreakerOptions) {
    this.#store = store
    this.#options = options
    this.whole = new Breaker(store, options)
  }

  /** The breaker of a key's part. */
  ofKey(key: string): Breaker {
    return this.#of(this.#store.partOf?.('key', key))
  }

  /** The breaker before a call. */
  of(operation: RemoteOperation, args: readonly unknown[]): Breaker {
    if (this.#store.partOf === undefined || !Array.isArray(args[0]) || args[0].length === 0) return this.whole
    const items = args[0] as readonly unknown[]
    const what = operation === 'invalidateTags' ? 'tag' : 'key'
    const first = this.#store.partOf(what, nameOf(items[0]))
    // The cache asks for each part by itself: a batch of several has its last somewhere else, as a rule.
    return first === this.#store.partOf(what, nameOf(items.at(-1))) ? this.#of(first) : this.whole
  }

  /** Of the parts that are not closed. */
  get open(): readonly Breaker[] {
    return [...this.#parts.values()].filter((breaker) => breaker.state !== 'closed')
  }

  /** Whether some writes are refused. */
  get refusesWrites(): boolean {
    return [this.whole, ...this.#parts.values()].some((breaker) => breaker.refusesWrites)
  }

  /** What they say of themselves in a store's description: of the whole, with those of its parts. */
  details(): Readonly<Record<string, string | number>> {
    const details = { ...this.whole.details() }
    for (const breaker of this.#parts.values()) {
      for (const [name, value] of Object.entries(breaker.details())) {
        if (typeof value === 'number') details[name] = Number(details[name] ?? 0) + value
        else if (details[name] === undefined || details[name] === 'closed') details[name] = value
      }
    }
    return details
  }

  shutdown(): void {
    this.#isShutDown = true
    this.whole.shutdown()
    for (const breaker of this.#parts.values()) breaker.shutdown()
  }

  #of(part: string | undefined): Breaker {
    if (part === undefined || this.#isShutDown) return this.whole
    const there = this.#parts.get(part)
    if (there !== undefined) return there
    const { onStateChange } = this.#options
    const told = onStateChange && { onStateChange: (change: object) => onStateChange({ ...change, part } as never) }
    const made = new Breaker(this.#store, { ...this.#options, ...told }, part)
    this.#parts.set(part, made)
    for (const [name, breaker] of this.#parts) {
      if (this.#parts.size <= mostParts) break
      if (breaker.state !== 'closed') continue
      breaker.shutdown()
      this.#parts.delete(name)
    }
    return made
  }
}

/** The key that an item of a batch is about. */
function nameOf(item: unknown): string {
  if (typeof item === 'string') return item
  const { key, write } = item as { readonly key?: string; readonly write?: Fill['write'] }
  return key ?? write?.key ?? ''
}
