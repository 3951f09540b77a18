import type { Freshness } from './freshness.ts'
import { Head, isToken, storableFields, type Field } from './head.ts'

/** A response as it is stored. */
export interface Stored extends Freshness {
  readonly kind: typeof kind
  readonly status: number
  readonly statusText: string
  readonly fields: readonly Field[]
  readonly body: Uint8Array
  /** Names a root of variants: those of another root are never found again. */
  readonly generation: string
  /** The request headers that it depends on, and what its own request said in them. */
  readonly vary: readonly string[]
  readonly selected: string
  /** How old it was when its request was sent, in milliseconds. */
  readonly initialAgeMs: number
  /** Its handler says that everybody may have it. */
  readonly isPublic: boolean
}

/** Changes when the shape does: what is of another shape is a miss. */
const kind = 'holdfast/http/1'

/** What a load gives that is not stored: its caller has been answered already, or gets what it has. */
export interface NotStored {
  readonly kind: 'not-stored'
  /** The handler failed, and whoever has a stale response may serve it. */
  readonly isFailure: boolean
}

/** Those that were made here, or looked at once. */
const sound = new WeakSet<object>()

/** A stored response out of the cache; `undefined` for anything else, and for one of which something is missing or damaged. */
export function asStored(value: unknown): Stored | undefined {
  if (typeof value !== 'object' || value === null || (value as Partial<Stored>).kind !== kind) return undefined
  if (!sound.has(value)) {
    if (!isSound(value)) return undefined
    sound.add(value)
  }
  return value as Stored
}

export function makeStored(
  head: Head,
  body: Uint8Array,
  rest: Omit<Stored, 'kind' | 'status' | 'statusText' | 'fields' | 'body'>,
  except: readonly string[],
  now: number,
): Stored {
  const fields = storableFields(head, [...except, 'content-length'])
  const dated: readonly Field[] =
    head.get('date') === null ? [...fields, ['date', new Date(now).toUTCString()]] : fields
  return made({ kind, status: head.status, statusText: head.statusText, fields: dated, body, ...rest })
}

/** The same, with other parts. */
export function altered(stored: Stored, parts: Partial<Stored>): Stored {
  return made({ ...stored, ...parts })
}

function made(stored: Stored): Stored {
  sound.add(stored)
  return stored
}

/** Fields of a 304 that would no longer fit the stored body. */
const ofTheBody: readonly string[] = ['content-length', 'content-encoding', 'content-range']

/** The head of a stored response, brought up to date by a 304 (RFC 9111, section 3.2). */
export function freshened(stored: Stored, notModified: Head): Head {
  const fresh = notModified.fields.filter(([name]) => !ofTheBody.includes(name.toLowerCase()))
  const replaced = new Set(fresh.map(([name]) => name.toLowerCase()))
  const kept = stored.fields.filter(([name]) => !replaced.has(name.toLowerCase()))
  return new Head(stored.status, stored.statusText, [...kept, ...fresh])
}

export function headOf(stored: Stored): Head {
  return new Head(stored.status, stored.statusText, stored.fields)
}

const text = /^[\t\x20-\x7e\x80-\xff]*$/

const shape: Readonly<Record<Exclude<keyof Stored, 'kind'>, (part: unknown) => boolean>> = {
  status: (part) => Number.isInteger(part) && (part as number) >= 200 && (part as number) <= 599,
  statusText: isText,
  fields: (part) => Array.isArray(part) && part.every(isField),
  body: (part) => part instanceof Uint8Array,
  generation: (part) => typeof part === 'string',
  vary: (part) => Array.isArray(part) && part.every(isToken),
  selected: (part) => typeof part === 'string',
  initialAgeMs: isLength,
  lifetimeMs: isLength,
  staleWhileRevalidateMs: isLength,
  staleIfErrorMs: isLength,
  mustRevalidate: (part) => typeof part === 'boolean',
  isExplicit: (part) => typeof part === 'boolean',
  isPublic: (part) => typeof part === 'boolean',
}

/** Whether what was read from a store has all parts of a stored response, and each can be sent. */
function isSound(value: object): boolean {
  return Object.entries(shape).every(([name, fits]) => fits((value as Record<string, unknown>)[name]))
}

function isField(part: unknown): boolean {
  return Array.isArray(part) && part.length === 2 && isToken(part[0]) && isText(part[1])
}

function isText(part: unknown): boolean {
  return typeof part === 'string' && text.test(part)
}

function isLength(part: unknown): boolean {
  return typeof part === 'number' && part >= 0
}
