import type { CachedResponse, HeaderReader } from './request.ts'

/** One header field. */
export type Field = readonly [name: string, value: string]

/** The status line and header fields of a response. */
export class Head implements CachedResponse, HeaderReader {
  readonly status: number
  readonly statusText: string
  readonly fields: readonly Field[]
  #byName: Map<string, string> | undefined

  constructor(status: number, statusText: string, fields: readonly Field[]) {
    this.status = status
    this.statusText = statusText
    this.fields = fields
  }

  get headers(): HeaderReader {
    return this
  }

  get(name: string): string | null {
    if (this.#byName === undefined) {
      this.#byName = new Map()
      for (const [key, value] of this.fields) {
        const lower = key.toLowerCase()
        const before = this.#byName.get(lower)
        this.#byName.set(lower, before === undefined ? value : `${before}, ${value}`)
      }
    }
    return this.#byName.get(name) ?? null
  }
}

/** Fields that speak of one connection, or of who passes a response on: never stored (RFC 9111, section 3.1). */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The fields that may be stored.
 *
 * @param except lower-case names that the response itself excludes
 */
export function storableFields(head: Head, except: readonly string[]): readonly Field[] {
  const listed = names(head.get('connection'))
  return head.fields.filter(([name]) => {
    const lower = name.toLowerCase()
    return !connectionFields.has(lower) && lower !== 'age' && !listed.includes(lower) && !except.includes(lower)
  })
}

/** Whether it can be the name of a field. */
export function isToken(name: unknown): boolean {
  return typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)
}

/** A comma-separated list of names, in lower case. */
export function names(value: string | null): readonly string[] {
  if (value === null) return []
  return value
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
