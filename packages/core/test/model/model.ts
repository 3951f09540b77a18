/** What is known of a key. */
export interface Kept {
  readonly value: number
  readonly createdAt: number
  readonly staleAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
}

export interface Loading {
  /** What the loader does: a number is its value. */
  readonly does: number | 'fails' | 'keeps' | 'skips' | 'undefined'
  readonly ttlMs: number
  readonly graceMs: number
  readonly tags: readonly string[]
  readonly isBehind: boolean
  readonly isForced: boolean
  readonly refreshAhead: number | undefined
}

/** A cache with memory alone, as simply as it can be said. */
export class Model {
  now = 0
  readonly kept = new Map<string, Kept>()
  readonly counts = { hits: 0, misses: 0, staleHits: 0, loads: 0, loadErrors: 0, sets: 0 }

  get(key: string, acceptsStale: boolean): number | undefined {
    const found = this.#find(key)
    return found !== undefined && (acceptsStale || this.now < found.staleAt) ? this.#hit(found) : this.#miss(undefined)
  }

  read(key: string, how: Loading): number | 'error' | undefined {
    const found = this.#find(key)
    if (found !== undefined && this.now < found.staleAt && !how.isForced) {
      const refreshAt =
        found.createdAt + (found.staleAt - found.createdAt) * (how.refreshAhead ?? Number.POSITIVE_INFINITY)
      if (this.now >= refreshAt) this.load(key, how, found)
      return this.#hit(found)
    }
    const isServable =
      found !== undefined && this.now < found.staleAt + how.graceMs && !(how.isForced && how.graceMs === 0)
    const loaded = this.load(key, how, found)
    if (isServable && (how.isBehind || loaded === 'error')) return this.#hit(found)
    return this.#miss(loaded)
  }

  load(key: string, { does, ttlMs, graceMs, tags }: Loading, found: Kept | undefined): number | 'error' | undefined {
    this.counts.loads++
    if (does === 'fails' || (does === 'keeps' && found === undefined)) {
      this.counts.loadErrors++
      return 'error'
    }
    const value = does === 'keeps' ? found?.value : does === 'skips' ? -1 : does === 'undefined' ? undefined : does
    const all = does === 'keeps' ? [...tags, ...(found?.tags ?? [])] : tags
    if (value !== undefined && does !== 'skips') this.#keep(key, value, ttlMs, graceMs, all)
    return value
  }

  /** A load that stores nothing leaves what is there; a write takes it away. */
  set(key: string, value: number, ttlMs: number, graceMs: number, tags: readonly string[]): void {
    this.counts.sets++
    this.kept.delete(key)
    this.#keep(key, value, ttlMs, graceMs, tags)
  }

  expire(key: string): void {
    const found = this.#find(key)
    if (found !== undefined) this.kept.set(key, { ...found, staleAt: Math.min(found.staleAt, this.now) })
  }

  forget(concerned: (key: string, kept: Kept) => boolean): void {
    for (const [key, kept] of this.kept) if (concerned(key, kept)) this.kept.delete(key)
  }

  verdict(key: string): 'hit' | 'stale' | 'miss' {
    const found = this.#find(key)
    return found === undefined ? 'miss' : this.now < found.staleAt ? 'hit' : 'stale'
  }

  #find(key: string): Kept | undefined {
    const kept = this.kept.get(key)
    return kept !== undefined && this.now < kept.expiresAt ? kept : undefined
  }

  #keep(key: string, value: number, ttlMs: number, graceMs: number, tags: readonly string[]): void {
    const staleAt = this.now + ttlMs
    const kept = { value, createdAt: this.now, staleAt, expiresAt: staleAt + graceMs, tags }
    if (ttlMs > 0) this.kept.set(key, kept)
  }

  #hit(found: Kept): number {
    this.counts.hits++
    if (this.now >= found.staleAt) this.counts.staleHits++
    return found.value
  }

  #miss<T>(given: T): T {
    this.counts.misses++
    return given
  }
}
