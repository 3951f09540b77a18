import { Head, type Field } from './head.ts'
import { parseHttpDate } from './http-date.ts'
import { rangeOf } from './range.ts'
import type { CachedRequest } from './request.ts'
import type { Stored } from './stored.ts'
import { withStatus } from './cache-status.ts'

/** A response out of the cache, ready to be sent. */
export interface StoredReply {
  readonly type: 'stored'
  readonly status: number
  readonly statusText: string
  readonly fields: readonly Field[]
  /** Shared with others: not to be changed. `undefined`: none is sent. */
  readonly body: Uint8Array | undefined
}

/** What a client gets of a stored response: all of it, its head, a part, or that nothing has changed. */
export function present(
  request: CachedRequest,
  stored: Stored,
  ageMs: number,
  status: string | undefined,
): StoredReply {
  const head = new Head(stored.status, stored.statusText, stored.fields)
  const fields: readonly Field[] = [
    ...withStatus(stored.fields, status),
    ['age', String(Math.max(0, Math.floor(ageMs / 1_000)))],
  ]
  if (isNotModified(request, head)) return notModified(fields)
  const whole: StoredReply = {
    type: 'stored',
    status: stored.status,
    statusText: stored.statusText,
    fields: [...fields, ...lengthOf(stored, stored.body.byteLength)],
    body: request.method === 'HEAD' ? undefined : stored.body,
  }
  if (request.method === 'HEAD' || stored.status !== 200) return whole
  const range = rangeOf(request, head, stored.body.byteLength)
  if (range === undefined) return whole
  const size = stored.body.byteLength
  if (range === 'unsatisfiable') {
    const kept = fields.filter(([name]) => !isOfContent(name))
    return {
      type: 'stored',
      status: 416,
      statusText: 'Range Not Satisfiable',
      fields: [...kept, ['content-range', `bytes */${size}`], ['content-length', '0']],
      body: new Uint8Array(0),
    }
  }
  const part = stored.body.subarray(range.start, range.end + 1)
  const others = fields.filter(([name]) => name.toLowerCase() !== 'content-range')
  return {
    type: 'stored',
    status: 206,
    statusText: 'Partial Content',
    fields: [
      ...others,
      ['content-range', `bytes ${range.start}-${range.end}/${size}`],
      ['content-length', String(part.byteLength)],
    ],
    body: part,
  }
}

/** The client has it already. */
export function notModified(fields: readonly Field[]): StoredReply {
  const kept = fields.filter(([name]) => !isOfContent(name))
  return { type: 'stored', status: 304, statusText: 'Not Modified', fields: kept, body: undefined }
}

/**
 * Whether the client's own copy is as good as the response with this head (RFC 9110, section 13.1): by entity tags where it sends some,
 * else by date.
 */
export function isNotModified(request: CachedRequest, head: Head): boolean {
  if (head.status !== 200) return false
  const tags = request.headers.get('if-none-match')
  if (tags !== null) return matchesTag(tags, head.get('etag'))
  const since = parseHttpDate(request.headers.get('if-modified-since'))
  if (since === undefined) return false
  const modifiedAt = parseHttpDate(head.get('last-modified') ?? head.get('date'))
  return modifiedAt !== undefined && modifiedAt <= since
}

function matchesTag(list: string, tag: string | null): boolean {
  if (tag === null) return false
  if (list.trim() === '*') return true
  const wanted = opaque(tag)
  return (list.match(/(?:"[^"]*"|[^,"])+/g) ?? []).some((each) => opaque(each.trim()) === wanted)
}

/** Weakness does not matter when all that is asked is whether to send it again. */
function opaque(tag: string): string {
  return tag.replace(/^W\//, '')
}

/** Fields of the body, which a response without it does not carry. */
function isOfContent(name: string): boolean {
  const lower = name.toLowerCase()
  return lower.startsWith('content-') && lower !== 'content-location' && lower !== 'content-security-policy'
}

/** No length where a status has no body. */
function lengthOf({ status }: Stored, bytes: number): readonly Field[] {
  return status === 204 || status === 205 ? [] : [['content-length', String(bytes)]]
}
