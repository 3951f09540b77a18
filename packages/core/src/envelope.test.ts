import { describe, expect, it } from 'vitest'
import {
  Envelope,
  envelopeKind,
  packEntry,
  packInstant,
  packPlaceholder,
  packTags,
  staleOffset,
  tokenOf,
  type EnvelopeParts,
} from './envelope.ts'
import { serializerByte } from './serializer-byte.ts'
import { InvalidOptionError } from './errors.ts'

const id = (seed: number): Uint8Array => Uint8Array.from({ length: 8 }, (_, index) => seed * 16 + index)
const noTags = packTags([])
const payload = new TextEncoder().encode('{"a":1}')

function entry(parts: Partial<EnvelopeParts> = {}): Uint8Array {
  return packEntry({
    id: id(1),
    epoch: id(2),
    serializer: 'json',
    createdAt: 1_900_000_000_000,
    staleAt: 1_900_000_060_000,
    expiresAt: 1_900_003_660_000,
    tags: noTags,
    payload,
    ...parts,
  })
}

const opened = (bytes: Uint8Array): Envelope => Envelope.open(bytes)!

describe('entry', () => {
  it('has the bytes of format 1', () => {
    const bytes = entry({
      createdAt: 0x010203040506,
      staleAt: 0x111213141516,
      expiresAt: 0x212223242526,
      tags: packTags([{ name: 'é', version: id(3) }]),
      payload: Uint8Array.of(9),
    })

    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        'c1',
        '1011121314151617',
        '01',
        '01',
        '00',
        '2021222324252627',
        '010203040506',
        '111213141516',
        '212223242526',
        '01',
        '0002c3a93031323334353637',
        '09',
      ].join(''),
    )
  })

  it('gives back what was packed', () => {
    const tags = [
      { name: '@shop', version: id(4) },
      { name: 'product:7', version: id(5) },
    ]

    const envelope = opened(entry({ tags: packTags(tags) }))

    expect(envelope.serializer).toBe('json')
    expect(envelope.createdAt).toBe(1_900_000_000_000)
    expect(envelope.staleAt).toBe(1_900_000_060_000)
    expect(envelope.expiresAt).toBe(1_900_003_660_000)
    expect(envelope.tagCount).toBe(2)
    expect(envelope.tags).toEqual(tags)
    expect(Buffer.from(envelope.payload).toString()).toBe('{"a":1}')
    expect(envelope.hasEpoch(id(2))).toBe(true)
    expect(envelope.hasEpoch(id(3))).toBe(false)
  })

  it('is read where it lies, without a copy of its payload', () => {
    const bytes = entry()

    expect(opened(bytes).payload.buffer).toBe(bytes.buffer)
  })

  it('reads tags out of the middle of a larger buffer', () => {
    const bytes = entry({ tags: packTags([{ name: 'team', version: id(6) }]) })
    const larger = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')])

    const envelope = opened(larger.subarray(6, 6 + bytes.length))

    expect(envelope.tags).toEqual([{ name: 'team', version: id(6) }])
    expect(envelope.packedTags).toEqual(Buffer.from(packTags([{ name: 'team', version: id(6) }])))
  })

  it('rounds instants to whole milliseconds and keeps them within 6 bytes', () => {
    const envelope = opened(entry({ createdAt: 12.6, staleAt: -5, expiresAt: 1e20 }))

    expect([envelope.createdAt, envelope.staleAt, envelope.expiresAt]).toEqual([13, 0, 2 ** 48 - 1])
  })

  it('has its stale instant where scripts move it', () => {
    const bytes = entry()
    bytes.set(packInstant(1_899_999_999_999), staleOffset)

    expect(opened(bytes).staleAt).toBe(1_899_999_999_999)
  })
})

describe('bytes that are no entry of ours', () => {
  it('are not read when cut anywhere before the payload', () => {
    const bytes = entry({ tags: packTags([{ name: 'a-tag-name', version: id(1) }]), payload: new Uint8Array(0) })

    for (let length = 0; length < bytes.length; length++)
      expect(Envelope.open(bytes.subarray(0, length))).toBeUndefined()
    expect(Envelope.open(bytes)).toBeDefined()
  })

  it.each([
    ['an unknown flag', 11, 0x02],
    ['compression, which is the serializer’s own affair', 11, 0x01],
    ['another kind', 9, 0x02],
    ['another magic', 0, 0x7b],
    ['a serializer that has no name', 10, 7],
    ['more tags than there are bytes', 38, 200],
  ])('are not read for %s', (_, at, byte) => {
    const bytes = entry()
    bytes[at] = byte

    expect(Envelope.open(bytes)).toBeUndefined()
  })
})

describe('serializer', () => {
  it('keeps the names of custom serializers apart even when their bytes are equal', () => {
    const names = Array.from({ length: 300 }, (_, index) => `custom-${index}`)
    const twin = names.find((name) => name !== names[0] && serializerByte(name) === serializerByte(names[0]!))!

    expect(opened(entry({ serializer: names[0]! })).serializer).toBe(names[0])
    expect(opened(entry({ serializer: twin })).serializer).toBe(twin)
    expect(Buffer.from(opened(entry({ serializer: twin })).payload).toString()).toBe('{"a":1}')
  })

  it('is not read when its name does not belong to its byte', () => {
    const bytes = entry({ serializer: 'custom' })
    bytes[10] = serializerByte('custom') === 255 ? 128 : 255

    expect(Envelope.open(bytes)).toBeUndefined()
  })

  it('has a byte of its own for the two that come with the house', () => {
    expect([serializerByte('json'), serializerByte('msgpack')]).toEqual([1, 2])
    expect(serializerByte('anything')).toBeGreaterThanOrEqual(128)
  })

  it('is refused when its name does not fit', () => {
    expect(() => entry({ serializer: 'x'.repeat(256) })).toThrow(InvalidOptionError)
  })
})

describe('kind', () => {
  it.each([
    ['entry', entry()],
    ['lease', packPlaceholder('lease', id(1))],
    ['hold', packPlaceholder('hold', id(1))],
    ['unknown', Uint8Array.of(0xc1, ...id(1), 0x77)],
    ['unknown', Uint8Array.of(0xc1, ...id(1))],
    ['foreign', new Uint8Array()],
    ['foreign', Uint8Array.of(0xc1, 1, 2, 3)],
    ['foreign', new TextEncoder().encode('{"json":"of somebody else"}')],
  ] as const)('is %s', (kind, bytes) => {
    expect(envelopeKind(bytes)).toBe(kind)
  })

  it('gives versions of tags that outlive the bytes they were read from', () => {
    const bytes = Buffer.from(entry({ tags: packTags([{ name: 't', version: id(3) }]) }))
    const [tag] = opened(bytes).tags
    bytes.fill(0)

    expect(tag!.version).toEqual(id(3))
  })

  it('gives a token that outlives the bytes it was read from', () => {
    const bytes = Buffer.from(entry())
    const token = tokenOf(bytes)
    bytes.fill(0)

    expect(Buffer.from(token).toString('hex')).toBe('c11011121314151617')
  })
})

describe('tags', () => {
  it('are at most 255', () => {
    const tags = Array.from({ length: 256 }, (_, index) => ({ name: `t${index}`, version: id(1) }))

    expect(() => packTags(tags)).toThrow('at most 255 tags')
    expect(opened(entry({ tags: packTags(tags.slice(1)) })).tagCount).toBe(255)
  })
})
