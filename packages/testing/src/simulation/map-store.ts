import type { Entry, EvictReason, MemoryStore } from '@holdfast/core'

/** A memory tier as small as the contract allows: a map, whose oldest entry makes room. */
export interface MapStore extends MemoryStore {
  /** Drops an entry as a bounded store may at any time. */
  evict(key: string, reason?: EvictReason): void
}

/** @param maxEntries @default no bound */
export function mapStore(maxEntries: number = Number.POSITIVE_INFINITY): MapStore {
  const entries = new Map<string, Entry>()
  const store: MapStore = {
    maxEntries,
    onEvict: undefined,
    get size() {
      return entries.size
    },
    get: (key) => entries.get(key),
    keys: () => entries.keys(),
    clear: () => entries.clear(),
    delete: (key) => void entries.delete(key),
    set(key, entry) {
      entries.delete(key)
      entries.set(key, entry)
      const [oldest] = entries.keys()
      if (entries.size > maxEntries && oldest !== undefined) store.evict(oldest)
    },
    evict(key, reason = 'capacity') {
      if (entries.delete(key)) store.onEvict?.(key, reason)
    },
  }
  return store
}
