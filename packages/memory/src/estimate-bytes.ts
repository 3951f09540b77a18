import type { Entry } from '@holdfast/core'

/** What the store, its `Map` and the entry take besides key and value. */
const entryBytes = 200
/** Of longer collections this many members are looked at, spread over them, and speak for the others. */
const sampled = 64
/** What lies deeper is counted once: it may be part of a circle. */
const treeDepth = 4
/** After so many parts the rest is taken for small. */
const mostParts = 10_000

/**
 * The bytes that an entry takes on the heap, by the sizes of V8's objects on 64-bit machines. Parts shared between entries
 * count for each of them; what a class hides in private fields or closures is not seen.
 */
export function estimateBytes(key: string, entry: Entry): number {
  let bytes = entryBytes + stringBytes(key) + new Estimate().bytesOf(entry.value, 0)
  // Most entries share an empty list.
  if (entry.tags.length > 0) bytes += 32 + entry.tags.length * 8
  return Math.round(bytes)
}

class Estimate {
  readonly #counted = new Set<object>()
  #parts = 0

  bytesOf(value: unknown, depth: number): number {
    if (typeof value === 'string') return stringBytes(value)
    if (typeof value === 'number') return value >> 0 === value ? 0 : 16
    if (typeof value === 'bigint') return 24
    if (typeof value !== 'object' || value === null || ++this.#parts > mostParts) return 0
    if (depth >= treeDepth) {
      if (this.#counted.has(value)) return 0
      this.#counted.add(value)
    }
    if (Array.isArray(value)) return 48 + value.length * 8 + this.#ofItems(value, depth)
    if (ArrayBuffer.isView(value)) return 200 + value.byteLength
    if (value instanceof ArrayBuffer) return 120 + value.byteLength
    if (value instanceof Date) return 96
    if (value instanceof Map) return 120 + value.size * 36 + this.#ofEntries(value, depth)
    if (value instanceof Set) return 120 + value.size * 28 + this.#ofMembers(value, depth)
    return this.#ofFields(value, depth)
  }

  #ofItems(items: readonly unknown[], depth: number): number {
    const step = Math.max(1, items.length / sampled)
    let bytes = 0
    // Numbers lie in the array itself.
    for (let at = 0; at < items.length; at += step) {
      const item = items[Math.floor(at)]
      if (typeof item !== 'number') bytes += this.bytesOf(item, depth + 1)
    }
    return bytes * step
  }

  #ofFields(object: object, depth: number): number {
    let fields = 0
    let bytes = 0
    for (const key in object) {
      if (fields++ < sampled) bytes += this.bytesOf((object as Record<string, unknown>)[key], depth + 1)
    }
    if (fields > sampled) bytes *= fields / sampled
    // With many fields, objects are dictionaries.
    return 24 + fields * (fields > 128 ? 40 : 8) + bytes
  }

  #ofEntries(map: ReadonlyMap<unknown, unknown>, depth: number): number {
    let looked = 0
    let bytes = 0
    for (const [key, value] of map) {
      if (looked++ === sampled) return (bytes * map.size) / sampled
      bytes += this.bytesOf(key, depth + 1) + this.bytesOf(value, depth + 1)
    }
    return bytes
  }

  #ofMembers(set: ReadonlySet<unknown>, depth: number): number {
    let looked = 0
    let bytes = 0
    for (const member of set) {
      if (looked++ === sampled) return (bytes * set.size) / sampled
      bytes += this.bytesOf(member, depth + 1)
    }
    return bytes
  }
}

function stringBytes(text: string): number {
  // A look at one unit tells most texts in other scripts, which take twice the room.
  const unitBytes = text.charCodeAt(text.length >> 1) > 255 ? 2 : 1
  return 16 + ((text.length * unitBytes + 7) & ~7)
}
