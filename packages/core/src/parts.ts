import { errorFrom, errorParts, type ErrorParts } from './error-parts.ts'
import { SerializationError } from './errors.ts'
import { bytesOfView, viewName, viewOf } from './views.ts'

/**
 * An object that is neither plain nor an array, taken apart. These are the types that every serializer keeps; what is not
 * among them is refused by every one.
 */
export type Parts =
  | { readonly type: 'date'; readonly ms: number }
  | { readonly type: 'map'; readonly entries: readonly (readonly [key: unknown, value: unknown])[] }
  | { readonly type: 'set'; readonly items: readonly unknown[] }
  /** What stands for bytes: `view` is `Buffer`, `Uint8Array`, `ArrayBuffer`, … */
  | { readonly type: 'bytes'; readonly view: string; readonly bytes: Uint8Array }
  | { readonly type: 'url'; readonly href: string }
  | { readonly type: 'regExp'; readonly source: string; readonly flags: string; readonly lastIndex: number }
  | { readonly type: 'error'; readonly error: ErrorParts }

/** @throws {SerializationError} when it is an instance of anything else, or has fields that would be lost */
export function takeApart(value: object): Parts {
  const prototype: unknown = Object.getPrototypeOf(value)
  const view = viewName(prototype)
  if (view !== undefined) return bytesParts(view, value as ArrayBufferView | ArrayBuffer)
  const parts = takersApart.get(prototype)?.(value as never)
  if (parts !== undefined) {
    if (Object.keys(value).length === 0) return parts
    throw new SerializationError(`A field on a ${value.constructor.name} would be lost.`)
  }
  const error = errorParts(value)
  if (error !== undefined) return { type: 'error', error }
  throw new SerializationError(
    `An instance of ${className(value)} would not come back as one: cache its plain data instead.`,
  )
}

const takersApart: ReadonlyMap<unknown, (value: never) => Parts> = new Map<unknown, (value: never) => Parts>([
  [Date.prototype, (date: Date) => ({ type: 'date', ms: date.getTime() })],
  // Copies, because a getter in a value may change its map or set while they are written.
  [Map.prototype, (map: ReadonlyMap<unknown, unknown>) => ({ type: 'map', entries: [...map] })],
  [Set.prototype, (set: ReadonlySet<unknown>) => ({ type: 'set', items: [...set] })],
  [URL.prototype, (url: URL) => ({ type: 'url', href: url.href })],
  [RegExp.prototype, ({ source, flags, lastIndex }: RegExp) => ({ type: 'regExp', source, flags, lastIndex })],
])

function bytesParts(view: string, value: ArrayBufferView | ArrayBuffer): Parts {
  if ((value as { readonly resizable?: boolean }).resizable === true) {
    throw new SerializationError('A resizable ArrayBuffer would come back as a fixed one.')
  }
  return { type: 'bytes', view, bytes: bytesOfView(value) }
}

function className(value: object): string {
  const { constructor } = value as { readonly constructor?: unknown }
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'a class'
}

/**
 * The object that was taken apart.
 *
 * @throws {SerializationError} when there is none
 */
export function putTogether(parts: Parts): object {
  switch (parts.type) {
    case 'date':
      return new Date(parts.ms)
    case 'map':
      return new Map(parts.entries)
    case 'set':
      return new Set(parts.items)
    case 'url':
      return new URL(parts.href)
    case 'regExp':
      return Object.assign(new RegExp(parts.source, parts.flags), { lastIndex: parts.lastIndex })
    case 'bytes':
      return viewOf(parts.view, parts.bytes)
    default:
      return errorFrom(parts.error)
  }
}
