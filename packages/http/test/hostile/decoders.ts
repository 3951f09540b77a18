import { json, SerializationError } from '@holdfast/core'
import { parseDirectives, parseTargeted, seconds } from '../../src/directives.ts'
import { Head, type Field } from '../../src/head.ts'
import { parseHttpDate } from '../../src/http-date.ts'
import { present } from '../../src/present.ts'
import { rangeOf } from '../../src/range.ts'
import { asStored, makeStored } from '../../src/stored.ts'
import { selected, varyOf } from '../../src/vary.ts'

/** What reads bytes from a store or a peer, valid ones, and what must hold for any others. */
export interface Decoder {
  readonly name: string
  readonly samples: readonly Uint8Array[]
  readonly check: (bytes: Buffer) => void
}

const serializer = json()
const now = Date.UTC(2030, 0, 1)
const kept = {
  lifetimeMs: 60_000,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 5_000,
  mustRevalidate: false,
  isExplicit: true,
  generation: 'abcdefghijkl',
  vary: ['accept', 'x-tenant'],
  selected: 'hashhashhash',
  initialAgeMs: 1_500,
  isPublic: true,
}
const fields: readonly Field[] = [
  ['content-type', 'text/html; charset=utf-8'],
  ['etag', '"v1"'],
  ['set-cookie', 'a=b'],
  ['set-cookie', 'c=d; Path=/'],
]
const responses = [
  makeStored(new Head(200, 'OK', fields), Buffer.from('the body'), kept, [], now),
  makeStored(new Head(404, '', [['date', 'Tue, 01 Jan 2030 00:00:00 GMT']]), new Uint8Array(0), kept, [], now),
]

const request = new Request('http://shop.example/', { headers: { range: 'bytes=1-3', accept: 'text/html' } })

const stored: Decoder = {
  name: 'stored response',
  samples: responses.map((each) => serializer.serialize(each)),
  check(bytes) {
    const found = asStored(readOrNothing(bytes))
    if (found === undefined) return
    // What is taken for a response can be sent, whatever is in it.
    selected(request, found.vary, new Map())
    const sent = present(request, found, found.initialAgeMs, 'holdfast; hit')
    const headers = sent.fields.map(([name, value]): [string, string] => [name, value])
    const response = new Response(null, { status: sent.status, statusText: sent.statusText, headers })
    if (!(Number(response.headers.get('age')) >= 0)) throw new Error(`It is as old as ${response.headers.get('age')}.`)
  },
}

function readOrNothing(bytes: Uint8Array): unknown {
  try {
    return serializer.deserialize(bytes)
  } catch (error) {
    if (error instanceof SerializationError) return undefined
    throw error
  }
}

const cacheControl: Decoder = {
  name: 'Cache-Control',
  samples: [
    'public, max-age=60, s-maxage="30", stale-while-revalidate=5',
    'private="set-cookie, x-a", no-cache="b", must-understand',
    'max-age=60;a=b;c, foo=(a b c), bar=:YWJj:, baz="x\\"y", qux=?0',
  ].map((each) => Buffer.from(each)),
  check(bytes) {
    const text = bytes.toString('latin1')
    for (const directives of [parseDirectives(text), parseTargeted(text)])
      for (const name of ['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']) {
        const value = directives && seconds(directives, name)
        if (value !== undefined && !(value >= 0 && value <= 2 ** 31)) throw new Error(`${name} is ${value}.`)
      }
  },
}

const dates: Decoder = {
  name: 'date',
  samples: ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'].map((each) =>
    Buffer.from(each),
  ),
  check(bytes) {
    const at = parseHttpDate(bytes.toString('latin1'), now)
    if (at !== undefined && !Number.isSafeInteger(at)) throw new Error(`It is the instant ${at}.`)
  },
}

const size = 100
const ranges: Decoder = {
  name: 'Range and Vary',
  samples: ['bytes=0-9', 'bytes=-5', 'bytes=90-', 'accept, x-a', '*'].map((each) => Buffer.from(each)),
  check(bytes) {
    const text = bytes.toString('latin1')
    const reader = (of: string): { get(name: string): string | null } => ({
      get: (name) => (name === of ? text : null),
    })
    const range = rangeOf({ method: 'GET', url: '', headers: reader('range') }, new Head(200, '', []), size)
    if (typeof range === 'object' && !(range.start >= 0 && range.start <= range.end && range.end < size))
      throw new Error(`It is the range ${range.start}-${range.end} of ${size}.`)
    const vary = varyOf(request, new Head(200, '', [['vary', text]]), [])
    if (vary !== '*') selected(request, vary, new Map())
  },
}

export const decoders: readonly Decoder[] = [stored, cacheControl, dates, ranges]
