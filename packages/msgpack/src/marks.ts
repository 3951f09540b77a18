import { isPlain, putTogether, SerializationError, sparseArray } from '@holdfast/core'
import { C1 } from 'msgpackr'

type Pair = readonly [key: unknown, value: unknown]

/**
 * What MessagePack and msgpackr have no type for is an array that begins with a mark: the byte 0xC1, which no value of a
 * user produces, and a kind. A payload that holds one says so in its head, so that others are not walked.
 */
export const kinds = { map: 0, error: 1, url: 2, regExp: 3, bigInt: 4, sparseArray: 5, fields: 6, view: 7 } as const

/**
 * Puts what the marks stand for in their place, all through a decoded value.
 *
 * @throws {SerializationError} when a mark is of an unknown kind or does not hold what it should
 */
export function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value[0] === C1 ? unmark(value[1], reviveItems(value.slice(2))) : reviveItems(value)
  if (value instanceof Set) return new Set(reviveItems([...value]))
  if (value === C1) throw new SerializationError('The bytes hold a mark in the wrong place.')
  if (!isPlain(value)) {
    refuseMarks(value)
    return value
  }
  for (const key of Object.keys(value)) value[key] = revive(value[key])
  return value
}

/** @throws {SerializationError} when there is a mark anywhere in a decoded value */
export function refuseMarks(value: unknown): void {
  if (value === C1) throw new SerializationError('The bytes hold a mark in the wrong place.')
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if (Array.isArray(value) || value instanceof Set) for (const part of value) refuseMarks(part)
  // Errors of msgpackr's own have fields that are not enumerable.
  else for (const name of Object.getOwnPropertyNames(value)) refuseMarks((value as Record<string, unknown>)[name])
}

function reviveItems(items: unknown[]): unknown[] {
  for (let i = 0; i < items.length; i++) items[i] = revive(items[i])
  return items
}

function unmark(kind: unknown, parts: readonly unknown[]): unknown {
  const [first, second, third] = parts
  switch (kind) {
    case kinds.map:
      return putTogether({ type: 'map', entries: pairs(parts) })
    case kinds.error:
      return putTogether({ type: 'error', error: { type: text(first), fields: fields(parts.slice(1)) } })
    case kinds.url:
      return putTogether({ type: 'url', href: text(first) })
    case kinds.regExp:
      return putTogether({ type: 'regExp', source: text(first), flags: text(second), lastIndex: Number(third) })
    case kinds.bigInt:
      return bigInt(text(first))
    case kinds.sparseArray:
      return sparseArray(first, pairs(parts.slice(1)))
    case kinds.fields:
      return object(fields(parts))
    case kinds.view:
      return putTogether({ type: 'bytes', view: text(first), bytes: bytes(second) })
    default:
      throw new SerializationError('The bytes hold a mark of an unknown kind.')
  }
}

function pairs(parts: readonly unknown[]): readonly Pair[] {
  const found: Pair[] = []
  for (let i = 0; i + 1 < parts.length; i += 2) found.push([parts[i], parts[i + 1]])
  return found
}

function fields(parts: readonly unknown[]): readonly (readonly [string, unknown])[] {
  return pairs(parts).map(([key, value]) => [text(key), value] as const)
}

/** Each field defined, not assigned: one named `__proto__` is a field like any other. */
function object(fields: readonly (readonly [string, unknown])[]): object {
  const made = {}
  for (const [key, value] of fields) {
    Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return made
}

function bigInt(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)
}

function text(part: unknown): string {
  if (typeof part === 'string') return part
  throw new SerializationError('The bytes hold a mark without its text.')
}

function bytes(part: unknown): Uint8Array {
  if (part instanceof Uint8Array) return part
  throw new SerializationError('The bytes hold a mark without its bytes.')
}
