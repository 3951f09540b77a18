import type { Head } from './head.ts'
import { parseHttpDate } from './http-date.ts'
import type { CachedRequest } from './request.ts'

/** The first and the last byte of a part. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The part of a complete body that is asked for; `undefined` when all of it is to be sent (several parts, another unit, another version). */
export function rangeOf(request: CachedRequest, head: Head, size: number): Range | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '')
  if (match === null || !isSameVersion(request.headers.get('if-range'), head)) return undefined
  const [, first, last] = match
  if (first === '') {
    if (last === '') return undefined
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** `If-Range` wants a strong entity tag, or the very date. */
function isSameVersion(ifRange: string | null, head: Head): boolean {
  if (ifRange === null) return true
  if (ifRange.startsWith('"')) return ifRange === head.get('etag')
  const date = parseHttpDate(ifRange)
  return date !== undefined && date === parseHttpDate(head.get('last-modified'))
}
