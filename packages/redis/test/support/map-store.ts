import type { Entry, MemoryStore } from '@holdfast/core'

/** A memory tier that is a map. */
export function mapStore(): MemoryStore {
  const entries = new Map<string, Entry>()
  return {
    get: (key) => entries.get(key),
    set: (key, entry) => void entries.set(key, entry),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    keys: () => entries.keys(),
    get size() {
      return entries.size
    },
  }
}
