import type { Entry } from '@holdfast/core'

/** What an entry, its instants and its place in the store take besides key and value. */
const entryBytes = 160
/** Values nested deeper or with more parts than this are counted by what was seen so far. */
const mostParts = 10_000

/**
 * The bytes that an entry takes on the heap, estimated: strings by their length, objects by their fields, buffers by
 * their length. Shared parts count once per entry that holds them.
 */
export function estimateBytes(key: string, entry: Entry): number {
  const seen = new Set<object>()
  const pending: unknown[] = [entry.value]
  let bytes = entryBytes + stringBytes(key)
  for (const tag of entry.tags) bytes += 8 + stringBytes(tag)
  for (let part = 0; pending.length > 0 && part < mostParts; part++) bytes += partBytes(pending.pop(), pending, seen)
  return bytes
}

function partBytes(value: unknown, pending: unknown[], seen: Set<object>): number {
  if (typeof value === 'string') return stringBytes(value)
  if (typeof value === 'number') return 12
  if (typeof value === 'bigint') return 24
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0
  seen.add(value)
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength
  if (value instanceof ArrayBuffer) return 96 + value.byteLength
  if (value instanceof Date) return 96
  if (Array.isArray(value)) {
    for (const item of value) pending.push(item)
    return 32 + value.length * 8
  }
  if (value instanceof Map) {
    for (const [k, v] of value) pending.push(k, v)
    return 64 + value.size * 32
  }
  if (value instanceof Set) {
    for (const item of value) pending.push(item)
    return 64 + value.size * 24
  }
  const fields = Object.values(value)
  for (const field of fields) pending.push(field)
  return 24 + fields.length * 8
}

function stringBytes(text: string): number {
  return 24 + text.length
}
