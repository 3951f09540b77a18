import type { Invalidation } from './contracts.ts'
import { globMatcher } from './keys.ts'

/** An invalidation that was seen by this process. */
export interface SeenInvalidation {
  readonly what: Invalidation
  readonly origin: 'local' | 'remote'
  readonly at: number
}

/** The last invalidations this process saw, to explain a miss. Bounded. */
export class Recent {
  readonly #ring: SeenInvalidation[] = []
  readonly #capacity: number
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(seen: SeenInvalidation): void {
    this.#ring[this.#next] = seen
    this.#next = (this.#next + 1) % this.#capacity
  }

  /** The latest one that ends an entry of this key with these tags. */
  find(key: string, tags: readonly string[]): SeenInvalidation | undefined {
    for (let i = 1; i <= this.#ring.length; i++) {
      const seen = this.#ring[(this.#next - i + this.#capacity) % this.#capacity]
      if (seen !== undefined && concerns(seen.what, key, tags)) return seen
    }
    return undefined
  }
}

function concerns(what: Invalidation, key: string, tags: readonly string[]): boolean {
  if (what.type === 'all') return true
  if (what.type === 'keys') return what.names.includes(key)
  if (what.type === 'tags') return what.names.some((name) => tags.includes(name))
  return globMatcher(what.pattern)(key)
}
