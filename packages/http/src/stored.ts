import type { Freshness } from './freshness.ts'
import { Head, storableFields, type Field } from './head.ts'

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

export function asStored(value: unknown): Stored | undefined {
  return (value as Stored | undefined)?.kind === kind ? (value as Stored) : undefined
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
  return { kind, status: head.status, statusText: head.statusText, fields: dated, body, ...rest }
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
