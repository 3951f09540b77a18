import type { Invalidation } from './contracts.ts'
import { globMatcher } from './keys.ts'

/** An invalidation that was seen by this process. */
export interface SeenInvalidation {
  readonly what: Invalidation
  readonly origin: 'local' | 'remote'
  readonly at: number
}

/** Of an invalidation of many names, so many are remembered. */
const mostNames = 100

/** The last invalidations this process saw, to explain a miss. Bounded, in invalidations and in names. */
export class Recent {
  readonly #ring: SeenInvalidation[] = []
  readonly #capacity: number
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(seen: SeenInvalidation): void {
    this.#ring[this.#next] = 'names' in seen.what ? { ...seen, what: shortened(seen.what) } : seen
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

function shortened<W extends { readonly names: readonly string[] }>(what: W): W {
  return what.names.length <= mostNames ? what : { ...what, names: what.names.slice(0, mostNames) }
}

function concerns(what: Invalidation, key: string, tags: readonly string[]): boolean {
  if (what.type === 'all') return true
  if (what.type === 'keys') return what.names.includes(key)
  if (what.type === 'tags') return what.names.some((name) => tags.includes(name))
  return globMatcher(what.pattern)(key)
}
