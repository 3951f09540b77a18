import { createHash } from 'node:crypto'

/** A text that is equal exactly when the values are, or why there is none. */
export type Derived = { readonly type: 'text'; readonly text: string } | { readonly type: 'none'; readonly why: string }

/** Longer texts are replaced by their hash. */
const longestText = 300
const deepest = 12

/**
 * The arguments of a call as one text: primitives, plain objects (whatever the order of their fields), arrays, dates, maps, sets,
 * URLs and bytes. Other instances may hold what cannot be seen, so there is no text for them.
 *
 * @param special gives the text of an argument itself, or `undefined` for those to be looked at here
 */
export function textOfArguments(
  args: readonly unknown[],
  special: (arg: unknown, index: number) => string | undefined = () => undefined,
): Derived {
  const texts: string[] = []
  for (const [index, arg] of args.entries()) {
    try {
      texts.push(special(arg, index) ?? textOf(arg, 0))
    } catch (error) {
      if (!(error instanceof NoTextError)) throw error
      return { type: 'none', why: `argument ${index + 1} ${error.message}` }
    }
  }
  const text = texts.join(',')
  return { type: 'text', text: text.length > longestText ? hash(text) : text }
}

/** A short text that stands for a longer or secret one. */
export function hash(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('base64url')
}

class NoTextError extends Error {}

function textOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'boolean' || value === undefined || value === null) return String(value)
  if (typeof value !== 'object') throw new NoTextError(`is or holds a ${typeof value}`)
  if (depth === deepest) throw new NoTextError('is nested too deeply, or holds itself')
  return textOfObject(value, depth + 1)
}

function textOfObject(value: object, depth: number): string {
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown) => textOf(item, depth)).join()}]`
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof URL) return `URL(${JSON.stringify(value.href)})`
  if (value instanceof URLSearchParams) return `URLSearchParams(${JSON.stringify(sortedQuery(value))})`
  if (value instanceof Map) return `Map(${textOf([...value.entries()], depth)})`
  if (value instanceof Set) return `Set(${textOf([...value], depth)})`
  if (value instanceof Uint8Array) return `${value.constructor.name}(${hash(value)})`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new NoTextError(`is or holds a ${value.constructor?.name ?? 'class instance'}`)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${textOf(field, depth)}`).join()}}`
}

/** A query with its parameters by name; those of one name stay in their order. */
export function sortedQuery(query: URLSearchParams): string {
  const sorted = new URLSearchParams(query)
  sorted.sort()
  return sorted.toString()
}
