import { InvalidOptionError } from './errors.ts'
import { firstHashed, serializerByte, serializerNames } from './serializer-byte.ts'

/*
 * The bytes of an entry in a remote store, format 1 (integers big-endian, instants in the store's time):
 *
 *   0  magic 0xC1      never begins JSON, UTF-8 text or msgpack
 *   1  id 8            new with each write; with the magic it is the token of a compare-and-set
 *   9  kind 1          0x01 entry · 0xFF lease · 0xFE lease that somebody waits for · 0xFD hold; unknown: a miss
 *  10  serializer 1    see `serializerByte`
 *  11  flags 1         2 locked: someone loads it, alone · 4 others wait for that; unknown: a miss
 *  12  epoch 8
 *  20  created 6 · stale 6 · expires 6     milliseconds
 *  38  number of tags 1, then for each: length of its name 2, name, version 8
 *      a serializer without a byte of its own: length of its name 1, name
 *      payload; if it is locked, then: until 6, in the server's own time · who holds it 8
 *
 * A lease and a hold end after their kind; a lease that is a lock, after who holds it, 8 bytes.
 */

/** The first byte of everything a store of ours writes under a user's key. */
export const envelopeMagic = 0xc1
/** Length of an id, an epoch and a tag's version, in bytes. */
export const idBytes = 8
/** Length of a token: magic and id, in bytes. */
export const tokenBytes = 9
/** Where the instant stands at which an entry becomes stale, for scripts that move it. */
export const staleOffset = 26

const kindOffset = 9
const serializerOffset = 10
const flagsOffset = 11
const epochOffset = 12
const createdOffset = 20
const expiresOffset = 32
const tagsOffset = 38
const lockBytes = 14
const payloadEnd = (bytes: Uint8Array): number => bytes.length - ((bytes[flagsOffset]! & 2) === 0 ? 0 : lockBytes)

const kindBytes = { entry: 0x01, lease: 0xff, awaitedLease: 0xfe, hold: 0xfd } as const

/** What stands under a key. `unknown`: ours, but of a later format. `foreign`: not ours, and never a token. */
export type EnvelopeKind = 'entry' | 'lease' | 'hold' | 'unknown' | 'foreign'

export function envelopeKind(bytes: Uint8Array): EnvelopeKind {
  if (bytes.length < tokenBytes || bytes[0] !== envelopeMagic) return 'foreign'
  switch (bytes[kindOffset]) {
    case kindBytes.entry:
      return 'entry'
    case kindBytes.lease:
    case kindBytes.awaitedLease:
      return 'lease'
    case kindBytes.hold:
      return 'hold'
    default:
      return 'unknown'
  }
}

/** A lease or a hold: the bytes that stand for a key while nothing else may. */
export function packPlaceholder(kind: 'lease' | 'hold', id: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(tokenBytes + 1)
  bytes[0] = envelopeMagic
  bytes.set(id, 1)
  bytes[kindOffset] = kindBytes[kind]
  return bytes
}

/** A tag as an entry carries it. */
export interface StampedTag {
  readonly name: string
  /** 8 bytes. */
  readonly version: Uint8Array
}

/**
 * The tags of an entry as bytes, to be shared by the entries that have the same.
 *
 * @throws {InvalidOptionError} for more than 255 tags, or a name longer than 65,535 bytes
 */
export function packTags(tags: readonly StampedTag[]): Uint8Array {
  if (tags.length > 255) throw new InvalidOptionError(`Expected at most 255 tags on an entry, got ${tags.length}.`)
  let length = 1
  for (const { name } of tags) length += 2 + Buffer.byteLength(name) + idBytes
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = bytes.writeUInt8(tags.length, 0)
  for (const { name, version } of tags) {
    const nameLength = bytes.write(name, at + 2)
    at = bytes.writeUInt16BE(nameLength, at) + nameLength
    bytes.set(version, at)
    at += idBytes
  }
  return bytes
}

/** What an entry is made of. */
export interface EnvelopeParts {
  /** 8 bytes, new for each write. */
  readonly id: Uint8Array
  /** 8 bytes. */
  readonly epoch: Uint8Array
  /** Name of the serializer that made the payload. */
  readonly serializer: string
  /** Instants in the store's time, milliseconds. */
  readonly createdAt: number
  readonly staleAt: number
  readonly expiresAt: number
  /** From {@link packTags}. */
  readonly tags: Uint8Array
  readonly payload: Uint8Array
}

/** @throws {InvalidOptionError} when the serializer's name is longer than 255 bytes */
export function packEntry(parts: EnvelopeParts): Uint8Array {
  const { tags, payload, serializer } = parts
  const format = serializerByte(serializer)
  const name = format >= firstHashed ? packName(serializer) : undefined
  const nameAt = tagsOffset + tags.length
  const payloadAt = nameAt + (name === undefined ? 0 : name.length)
  const bytes = Buffer.allocUnsafe(payloadAt + payload.length)
  bytes[0] = envelopeMagic
  putShort(bytes, 1, parts.id)
  bytes[kindOffset] = kindBytes.entry
  bytes[serializerOffset] = format
  bytes[flagsOffset] = 0
  putShort(bytes, epochOffset, parts.epoch)
  writeInstant(bytes, createdOffset, parts.createdAt)
  writeInstant(bytes, staleOffset, parts.staleAt)
  writeInstant(bytes, expiresOffset, parts.expiresAt)
  if (tags.length === 1) bytes[tagsOffset] = tags[0]!
  else bytes.set(tags, tagsOffset)
  if (name !== undefined) bytes.set(name, nameAt)
  bytes.set(payload, payloadAt)
  return bytes
}

/**
 * An entry's bytes, looked into. The header is checked at once, tags and payload are cut out when they are wanted, as views
 * and not copies.
 */
export class Envelope {
  readonly bytes: Uint8Array
  readonly serializer: string
  readonly #tagsEnd: number
  readonly #payloadAt: number

  private constructor(bytes: Uint8Array, serializer: string, tagsEnd: number, payloadAt: number) {
    this.bytes = bytes
    this.serializer = serializer
    this.#tagsEnd = tagsEnd
    this.#payloadAt = payloadAt
  }

  /** `undefined` when it is no entry that this version can read: another kind, format or flag, cut short, foreign. */
  static open(bytes: Uint8Array): Envelope | undefined {
    if (bytes.length <= tagsOffset || bytes[0] !== envelopeMagic || bytes[kindOffset] !== kindBytes.entry)
      return undefined
    if ((bytes[flagsOffset]! & ~6) !== 0) return undefined
    const end = payloadEnd(bytes)
    let at = tagsOffset + 1
    for (let left = bytes[tagsOffset]!; left > 0; left--) {
      if (at + 2 > end) return undefined
      at += 2 + readUint16(bytes, at) + idBytes
    }
    if (at > end) return undefined
    const format = bytes[serializerOffset]!
    if (format < firstHashed) {
      const known = serializerNames[format]
      return known === undefined ? undefined : new Envelope(bytes, known, at, at)
    }
    const payloadAt = at + 1 + (bytes[at] ?? 0)
    if (at >= end || payloadAt > end) return undefined
    const name = text(bytes, at + 1, payloadAt)
    return serializerByte(name) === format ? new Envelope(bytes, name, at, payloadAt) : undefined
  }

  get createdAt(): number {
    return readInstant(this.bytes, createdOffset)
  }

  get staleAt(): number {
    return readInstant(this.bytes, staleOffset)
  }

  get expiresAt(): number {
    return readInstant(this.bytes, expiresOffset)
  }

  get payload(): Uint8Array {
    return this.bytes.subarray(this.#payloadAt, payloadEnd(this.bytes))
  }

  get tagCount(): number {
    return this.bytes[tagsOffset]!
  }

  /** The bytes of {@link packTags}: equal for entries with equal tags and versions. */
  get packedTags(): Uint8Array {
    return this.bytes.subarray(tagsOffset, this.#tagsEnd)
  }

  /** {@link packedTags} as a string, to look them up by. */
  get tagsKey(): string {
    const { bytes } = this
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return buffer.toString('latin1', tagsOffset, this.#tagsEnd)
  }

  get tags(): readonly StampedTag[] {
    const tags: StampedTag[] = []
    for (let at = tagsOffset + 1; at < this.#tagsEnd;) {
      const nameEnd = at + 2 + readUint16(this.bytes, at)
      tags.push({ name: text(this.bytes, at + 2, nameEnd), version: copy(this.bytes, nameEnd, nameEnd + idBytes) })
      at = nameEnd + idBytes
    }
    return tags
  }

  hasEpoch(epoch: Uint8Array): boolean {
    return equalAt(this.bytes, epochOffset, epoch)
  }
}

/** Calling `set` costs more than a few bytes do. */
function putShort(bytes: Uint8Array, at: number, part: Uint8Array): void {
  for (let i = 0; i < part.length; i++) bytes[at + i] = part[i]!
}

/** The token of what stands under a key, as bytes of its own. Not for what is foreign. */
export function tokenOf(bytes: Uint8Array): Uint8Array {
  return copy(bytes, 0, tokenBytes)
}

/** Whether `part` stands in `bytes` at `offset`. For short parts. */
export function equalAt(bytes: Uint8Array, offset: number, part: Uint8Array): boolean {
  if (offset + part.length > bytes.length) return false
  for (let i = 0; i < part.length; i++) if (bytes[offset + i] !== part[i]) return false
  return true
}

function packName(name: string): Uint8Array {
  const length = Buffer.byteLength(name)
  if (length > 255)
    throw new InvalidOptionError(`Expected the name of a serializer to be at most 255 bytes long, got ${length} bytes.`)
  const bytes = Buffer.allocUnsafe(1 + length)
  bytes.write(name, bytes.writeUInt8(length, 0))
  return bytes
}

// `slice` of a Buffer would be a view, which keeps the whole of what came with it from the network.
function copy(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from, to))
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8')
}

function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

function readInstant(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 8) | bytes[at + 1]!
  const low = ((bytes[at + 2]! << 24) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!) >>> 0
  return high * 0x1_0000_0000 + low
}

/** An instant as an entry holds it: whole milliseconds, 6 bytes. */
export function packInstant(at: number): Uint8Array {
  const bytes = new Uint8Array(6)
  writeInstant(bytes, 0, at)
  return bytes
}

function writeInstant(bytes: Uint8Array, at: number, instant: number): void {
  const whole = Math.min(Math.max(Math.round(instant), 0), 0xffff_ffff_ffff)
  const high = Math.floor(whole / 0x1_0000_0000)
  const low = whole >>> 0
  bytes[at] = high >>> 8
  bytes[at + 1] = high
  bytes[at + 2] = low >>> 24
  bytes[at + 3] = low >>> 16
  bytes[at + 4] = low >>> 8
  bytes[at + 5] = low
}
