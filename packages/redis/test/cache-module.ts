// The cache that the history checker tries: `pnpm --filter @holdfast/testing history`.
import { createCache, type Entry, type MemoryStore } from '@holdfast/core'
import type { CheckedCache, CheckedCacheOptions } from '@holdfast/testing/history'
import { redisStore } from '../src/redis-store.ts'

/** A little smaller than what a history reads, so that entries leave by themselves too. */
const maxEntries = 40

class SmallMemory implements MemoryStore {
  readonly #entries = new Map<string, Entry>()

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  set(key: string, entry: Entry): void {
    this.#entries.delete(key)
    if (this.#entries.size >= maxEntries) this.#entries.delete(this.#entries.keys().next().value!)
    this.#entries.set(key, entry)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  keys(): Iterable<string> {
    return this.#entries.keys()
  }
}

export function createCacheFor({ redisUrl, prefix, maxStalenessMs, heartbeatMs }: CheckedCacheOptions): CheckedCache {
  return createCache({
    name: 'history',
    memory: new SmallMemory(),
    remote: redisStore(redisUrl, { prefix }),
    coherence: { maxStaleness: `${maxStalenessMs}ms`, heartbeat: `${heartbeatMs}ms` },
  })
}
