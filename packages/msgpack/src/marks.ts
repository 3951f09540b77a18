import { errorFrom, SerializationError } from '@holdfast/core'
import { C1 } from 'msgpackr'

/**
 * What MessagePack and msgpackr have no type for is an array that begins with a mark: the byte 0xC1, which no value of a
 * user produces, and a kind. A payload that holds one says so in its header, so that others are not walked.
 */
export const kinds = {
  map: 0,
  error: 1,
  url: 2,
  regExp: 3,
  bigInt: 4,
  sparseArray: 5,
  fields: 6,
  float16Array: 7,
} as const

/** Puts what the marks stand for in their place, all through a decoded value. */
export function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value[0] === C1 ? unmark(value) : reviveItems(value)
  if (value === C1) throw new SerializationError('A payload holds a mark outside of an array.')
  if (value instanceof Set) return new Set(reviveItems([...value]))
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) fields[key] = revive(fields[key])
  return value
}

function reviveItems(items: unknown[]): unknown[] {
  for (let i = 0; i < items.length; i++) items[i] = revive(items[i])
  return items
}

function unmark(marked: readonly unknown[]): unknown {
  const parts = reviveItems(marked.slice(2))
  switch (marked[1]) {
    case kinds.map:
      return new Map(pairs(parts))
    case kinds.error:
      return errorFrom({ type: text(parts[0]), fields: fieldsOf(parts.slice(1)) })
    case kinds.url:
      return new URL(text(parts[0]))
    case kinds.regExp:
      return regExpOf(parts)
    case kinds.bigInt:
      return bigIntOf(text(parts[0]))
    case kinds.sparseArray:
      return sparseArrayOf(parts)
    case kinds.fields:
      return objectOf(fieldsOf(parts))
    case kinds.float16Array:
      return float16ArrayOf(parts[0])
    default:
      throw new SerializationError('A payload holds a mark of an unknown kind.')
  }
}

function pairs(parts: readonly unknown[]): [unknown, unknown][] {
  const found: [unknown, unknown][] = []
  for (let i = 0; i + 1 < parts.length; i += 2) found.push([parts[i], parts[i + 1]])
  return found
}

function fieldsOf(parts: readonly unknown[]): [string, unknown][] {
  return pairs(parts).map(([key, value]) => [text(key), value])
}

function text(part: unknown): string {
  if (typeof part === 'string') return part
  throw new SerializationError('A payload holds a mark without its text.')
}

function bigIntOf(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)
}

function regExpOf(parts: readonly unknown[]): RegExp {
  const regExp = new RegExp(text(parts[0]), text(parts[1]))
  regExp.lastIndex = count(parts[2], Number.MAX_SAFE_INTEGER)
  return regExp
}

function sparseArrayOf(parts: readonly unknown[]): unknown[] {
  const length = count(parts[0], 0xffff_ffff)
  const array: unknown[] = []
  // An element far beyond the end makes the array a dictionary: a few of them never cost as much as its length.
  array[length - 1] = undefined
  Reflect.deleteProperty(array, length - 1)
  for (const [index, value] of pairs(parts.slice(1))) array[count(index, length - 1)] = value
  return array
}

function count(part: unknown, most: number): number {
  if (typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= most) return part
  throw new SerializationError('A payload holds a mark with a wrong number.')
}

function float16ArrayOf(part: unknown): unknown {
  const Float16 = float16Array()
  if (Float16 === undefined) throw new SerializationError('This version of Node has no Float16Array.')
  if (!(part instanceof Uint8Array)) throw new SerializationError('A payload holds a mark without its bytes.')
  return new Float16(new Uint8Array(part).buffer)
}

/** `Float16Array`, where this version of Node has it (24 has, 22 has not). */
export function float16Array(): (new (buffer: ArrayBuffer) => object) | undefined {
  return Reflect.get(globalThis, 'Float16Array') as (new (buffer: ArrayBuffer) => object) | undefined
}

function objectOf(fields: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of fields) {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return object
}
