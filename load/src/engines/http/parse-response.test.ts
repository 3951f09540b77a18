import { describe, expect, it } from 'vitest'
import { parseResponse } from './parse-response.ts'

const sized = 'HTTP/1.1 200 OK\r\nX-Cache: hit memory\r\nX-Load-Ms: 2.5\r\nContent-Length: 5\r\n\r\nhello'
const chunked =
  'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'

describe('parseResponse', () => {
  it.each([
    [
      'a sized body',
      sized,
      { status: 200, cache: 'hit memory', loadMs: 2.5, body: Buffer.from('hello'), keepsAlive: true },
    ],
    ['a body in chunks', chunked, { status: 503, cache: '', loadMs: 0, body: Buffer.from('hello'), keepsAlive: false }],
  ])('reads %s from whole bytes, and waits for the rest of fewer', (_, text, answer) => {
    const bytes = Buffer.from(text)

    expect(parseResponse(bytes)).toEqual({ type: 'answer', answer, length: bytes.length })
    for (let length = 0; length < bytes.length; length++)
      expect(parseResponse(bytes.subarray(0, length)), `${length} bytes`).toEqual({ type: 'more' })
  })

  it('leaves what follows an answer', () => {
    expect(parseResponse(Buffer.from(`${sized}HTTP/1.1 2`))).toMatchObject({ type: 'answer', length: sized.length })
  })

  it.each(['SSH-2.0-x\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'])('refuses %j', (text) => {
    expect(parseResponse(Buffer.from(text))).toMatchObject({ type: 'broken' })
  })
})
