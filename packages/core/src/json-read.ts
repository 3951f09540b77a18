import { SerializationError } from './errors.ts'
import { setField } from './json-write.ts'
import { putTogether } from './parts.ts'
import { sparseArray } from './plain.ts'

type Fields = Record<string, unknown>
type Pair = readonly [key: unknown, value: unknown]

/** How a tag begins in the text. So may the text of a value, which then is looked through in vain. */
export const tagStart = '"$'

/**
 * Puts what the tags stand for in their place, all through a parsed value.
 *
 * @throws {SerializationError} when a tag is unknown or does not hold what it should
 */
export function reviveJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return reviveItems(value)
  const fields = value as Fields
  const keys = Object.keys(fields)
  const tag = keys.find((key) => key.startsWith('$') && key[1] !== '$')
  if (tag !== undefined) return untag(tag, fields[tag])
  if (keys.some((key) => key.startsWith('$'))) return unescaped(fields, keys)
  for (const key of keys) fields[key] = reviveJson(fields[key])
  return fields
}

function reviveItems(items: unknown[]): unknown[] {
  for (let i = 0; i < items.length; i++) items[i] = reviveJson(items[i])
  return items
}

function unescaped(fields: Fields, keys: readonly string[]): Fields {
  const object: Fields = {}
  for (const key of keys) setField(object, key.startsWith('$') ? key.slice(1) : key, reviveJson(fields[key]))
  return object
}

function untag(tag: string, held: unknown): unknown {
  switch (tag) {
    case '$undefined':
      return undefined
    case '$number':
      return Number(text(held))
    case '$bigint':
      return bigInt(text(held))
    case '$date':
      return putTogether({ type: 'date', ms: held === null ? Number.NaN : number(held) })
    case '$map':
      return putTogether({ type: 'map', entries: pairs(reviveItems(list(held))) })
    case '$set':
      return putTogether({ type: 'set', items: reviveItems(list(held)) })
    case '$url':
      return putTogether({ type: 'url', href: text(held) })
    case '$regexp':
      return regExp(list(held))
    case '$bytes':
      return bytes(list(held))
    case '$error':
      return error(reviveItems(list(held)))
    case '$sparse':
      return sparse(reviveItems(list(held)))
    default:
      throw new SerializationError('The bytes hold a tag that is unknown.')
  }
}

function bigInt(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)
}

function regExp([source, flags, lastIndex]: readonly unknown[]): object {
  return putTogether({ type: 'regExp', source: text(source), flags: text(flags), lastIndex: number(lastIndex) })
}

function bytes([view, base64]: readonly unknown[]): object {
  return putTogether({ type: 'bytes', view: text(view), bytes: Buffer.from(text(base64), 'base64') })
}

function error([type, ...rest]: readonly unknown[]): object {
  const fields = pairs(rest).map(([key, value]) => [text(key), value] as const)
  return putTogether({ type: 'error', error: { type: text(type), fields } })
}

function sparse([length, ...elements]: readonly unknown[]): unknown[] {
  return sparseArray(length, pairs(elements))
}

function pairs(items: readonly unknown[]): readonly Pair[] {
  const found: Pair[] = []
  for (let i = 0; i + 1 < items.length; i += 2) found.push([items[i], items[i + 1]])
  return found
}

function list(held: unknown): unknown[] {
  if (Array.isArray(held)) return held
  throw new SerializationError('The bytes hold a tag without its list.')
}

function text(held: unknown): string {
  if (typeof held === 'string') return held
  throw new SerializationError('The bytes hold a tag without its text.')
}

function number(held: unknown): number {
  if (typeof held === 'number') return held
  throw new SerializationError('The bytes hold a tag without its number.')
}
