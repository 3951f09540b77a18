import { isUtf8 } from 'node:buffer'
import {
  Envelope,
  envelopeKind,
  packEntry,
  packPlaceholder,
  packTags,
  tokenBytes,
  tokenOf,
} from '../../src/envelope.ts'
import { SerializationError } from '../../src/errors.ts'
import { journalLine, journalHeader, parseJournal } from '../../src/journal-file.ts'
import { json } from '../../src/json.ts'

/** What reads bytes from outside, valid ones, and what must hold for any others. */
export interface Decoder {
  readonly name: string
  readonly samples: readonly Uint8Array[]
  readonly check: (bytes: Buffer) => void
}

const id = (first: number): Uint8Array => Uint8Array.from({ length: 8 }, (_, at) => first + at)
const serializer = json()
const flagsOffset = 11
const lockBytes = 14

function entry(serializerName: string, tagNames: readonly string[], payload: string): Uint8Array {
  return packEntry({
    id: id(0x10),
    epoch: id(0x20),
    serializer: serializerName,
    createdAt: 1_893_456_000_000,
    staleAt: 1_893_456_060_000,
    expiresAt: 1_893_459_600_000,
    tags: packTags(tagNames.map((name, at) => ({ name, version: id(at) }))),
    payload: Buffer.from(payload),
  })
}

/** As a store locks it: a flag, and who holds it until when behind the payload. */
function locked(bytes: Uint8Array, flags: number): Uint8Array {
  const both = Buffer.concat([bytes, Buffer.alloc(lockBytes, 7)])
  both[flagsOffset] = flags
  return both
}

const entries = [
  entry('json', [], '{"id":1}'),
  entry('json', ['@session', 'team:1', 'ä'], '[1,2,3]'),
  entry('msgpack', ['x'.repeat(200)], ''),
  entry('of-a-user', ['t'], 'payload'),
]

const envelope: Decoder = {
  name: 'envelope',
  samples: [
    ...entries,
    locked(entries[0]!, 2),
    locked(entries[3]!, 6),
    packPlaceholder('lease', id(1)),
    packPlaceholder('hold', id(2)),
  ],
  check(bytes) {
    const kind = envelopeKind(bytes)
    if (kind !== 'foreign' && tokenOf(bytes).length !== tokenBytes) throw new Error('It has no token.')
    const opened = Envelope.open(bytes)
    if (opened === undefined) return
    if (kind !== 'entry') throw new Error(`It was opened, and is ${kind}.`)
    const { payload, tags, packedTags, tagsKey } = opened
    if (payload.buffer !== bytes.buffer) throw new Error('The payload is a copy.')
    if (tags.length !== opened.tagCount || tagsKey.length !== packedTags.length) throw new Error('Tags are missing.')
    expectSame(bytes, opened)
  },
}

/** What was read from it makes the same bytes again: each of them was read, once, as what it is. */
function expectSame(bytes: Buffer, opened: Envelope): void {
  const names = [opened.serializer, ...opened.tags.map(({ name }) => name)]
  // Names that are no UTF-8 are not ours, and are equal to none of ours.
  if (names.some((name) => name.includes('\ufffd')) && !isUtf8(bytes)) return
  const flags = bytes[flagsOffset]!
  const again = packEntry({
    id: bytes.subarray(1, 9),
    epoch: bytes.subarray(12, 20),
    serializer: opened.serializer,
    createdAt: opened.createdAt,
    staleAt: opened.staleAt,
    expiresAt: opened.expiresAt,
    tags: packTags(opened.tags),
    payload: opened.payload,
  })
  again[flagsOffset] = flags
  const lock = (flags & 2) === 0 ? 0 : lockBytes
  if (!bytes.subarray(0, bytes.length - lock).equals(again)) throw new Error('It was read as something else.')
}

const values: readonly unknown[] = [
  { id: 1, name: 'ä"\\', list: [1, null, true, 0.5], nested: { deep: {} } },
  [undefined, -0, Number.NaN, Infinity, 12n, -255n],
  {
    at: new Date(5),
    map: new Map<unknown, unknown>([
      ['a', 1n],
      [2, new Set([1, 'b'])],
    ]),
  },
  {
    url: new URL('https://example.org/a?b=c'),
    pattern: /a+b/gi,
    bytes: Uint8Array.of(1, 2, 3),
    buffer: Buffer.from('xyz'),
  },
  { error: new RangeError('no', { cause: new Error('why') }), sparse: Object.assign([], { 3: 'd', length: 6 }) },
  { $date: 'not a date', $$: { $set: [1] } },
  new Float64Array([1, 2]),
  'text',
]

const jsonBytes: Decoder = {
  name: 'json',
  samples: [
    ...values.map((value) => serializer.serialize(value)),
    Buffer.from('{"__proto__":{"polluted":true},"$map":[1,2]}'),
    Buffer.from('{"$sparse":[4294967295,4294967294,1]}'),
  ],
  check(bytes) {
    const value = readOrRefused(bytes)
    if (value === refused) return
    // What is read is a value like any other: it can be written, and read as the same.
    const written = Buffer.from(serializer.serialize(value))
    const again = Buffer.from(serializer.serialize(serializer.deserialize(written)))
    if (!written.equals(again))
      throw new Error(`It was read as ${written.toString()}, and then as ${again.toString()}.`)
    if ('polluted' in {}) throw new Error('It has changed the prototype of objects.')
  },
}

const refused = Symbol('refused')

function readOrRefused(bytes: Uint8Array): unknown {
  try {
    return serializer.deserialize(bytes)
  } catch (error) {
    if (error instanceof SerializationError) return refused
    throw error
  }
}

const names = ['a', 'user:1', 'with\nline and \ud800 and "quotes"', 'ä', '']
const journalText = journalHeader + names.map((name) => journalLine('k', name) + journalLine('t', name)).join('')

const journal: Decoder = {
  name: 'journal file',
  samples: [Buffer.from(journalText), Buffer.from(journalHeader), Buffer.from(journalHeader + journalLine('a', ''))],
  check(bytes) {
    const left = parseJournal(bytes.toString())
    // What is believed was written: lines may be lost with the end of a file, but none is made up.
    for (const name of [...(left?.keys ?? []), ...(left?.tags ?? [])])
      if (!names.includes(name)) throw new Error(`It says ${JSON.stringify(name)}, which was never written.`)
  },
}

export const decoders: readonly Decoder[] = [envelope, jsonBytes, journal]
