import { describe, expect, it } from 'vitest'
import { Head } from './head.ts'
import { rangeOf } from './range.ts'

const modified = 'Tue, 01 Jan 2030 00:00:00 GMT'
const head = new Head(200, 'OK', [
  ['etag', '"v1"'],
  ['last-modified', modified],
])

function asked(range: string, ifRange?: string, of: Head = head): unknown {
  const headers = new Headers({ range, ...(ifRange === undefined ? {} : { 'if-range': ifRange }) })
  return rangeOf({ method: 'GET', url: 'http://shop.example/', headers }, of, 100)
}

describe('a part of a body', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=90-200', { start: 90, end: 99 }],
    ['bytes=-5', { start: 95, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=9-0', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-9', undefined],
  ])('is that which %s asks for', (range, part) => {
    expect(asked(range)).toEqual(part)
  })

  it('is of the version that the client has, by a strong tag or the very date', () => {
    const part = { start: 0, end: 9 }

    expect(asked('bytes=0-9', '"v1"')).toEqual(part)
    expect(asked('bytes=0-9', modified)).toEqual(part)
    expect(asked('bytes=0-9', '"v2"')).toBeUndefined()
    expect(asked('bytes=0-9', 'W/"v1"')).toBeUndefined()
    expect(asked('bytes=0-9', 'Tue, 01 Jan 2030 00:00:01 GMT')).toBeUndefined()
    expect(asked('bytes=0-9', modified, new Head(200, 'OK', []))).toBeUndefined()
  })
})
