import { KnownObjects, mostKeys, type KnownObject, type ValueSource } from './known-objects.ts'
import { dateWithMs, double, float, uint16, uint32 } from './numbers.ts'
import { readAscii } from './short-strings.ts'

/** What {@link Reader.read} returns for bytes that it leaves to msgpackr. */
export const unread: unique symbol = Symbol('unread')

const deepest = 1_000
const nothing = Buffer.alloc(0)
const firstRecord = 0x40
const timestamp = 0xff
/** So many different keys of unknown objects are at hand. A power of two. */
const keySlots = 1_024

/**
 * Reads what most values are made of: objects, arrays, strings, numbers, booleans and `null`. Objects whose keys it has met before are
 * made at once by code for them, and their keys are compared and not read. Whatever else is in a payload, or wrong with it, leaves
 * the whole payload to msgpackr.
 */
export class Reader implements ValueSource {
  readonly #known = new KnownObjects()
  readonly #keys: ({ readonly bytes: Uint8Array; readonly text: string } | undefined)[] = []
  #records: (KnownObject | undefined)[] = []
  #bytes: Buffer = nothing
  #at = 0
  #end = 0
  #depth = 0
  /** The payload, or the object that is being read, is not what it was taken for. */
  #isOff = false
  /** So many bytes may yet be read in vain: objects that begin alike, nested, would multiply. */
  #patience = 0

  /** The value; {@link unread} for what is left to msgpackr. Never throws. */
  read(payload: Buffer): unknown {
    this.#bytes = payload
    this.#at = 0
    this.#end = payload.length
    this.#depth = 0
    this.#isOff = false
    this.#patience = payload.length
    if (this.#records.length > 0) this.#records = []
    const value = this.value()
    this.#bytes = nothing
    return this.#isOff || this.#at !== this.#end ? unread : value
  }

  value(): unknown {
    const at = this.#at
    if (at >= this.#end || this.#isOff) return this.#leave()
    const type = this.#bytes[at]!
    this.#at = at + 1
    if (type < 0x40) return type
    if (type < 0x80) return this.#record(type)
    if (type < 0x90) return this.#object(type & 0x0f)
    if (type < 0xa0) return this.#array(type & 0x0f)
    if (type < 0xc0) return this.#string(type & 0x1f)
    if (type >= 0xe0) return type - 0x100
    return this.#other(type)
  }

  valueAfter(key: Uint8Array): unknown {
    if (this.#isOff) return undefined
    const bytes = this.#bytes
    const { length } = key
    const at = this.#at
    for (let i = 0; i < length; i++) if (bytes[at + i] !== key[i]) return this.#leave()
    this.#at = at + length
    return this.value()
  }

  #leave(): undefined {
    this.#isOff = true
    return undefined
  }

  #other(type: number): unknown {
    const bytes = this.#bytes
    const at = this.#at
    const size = sizes[type - 0xc0]!
    if (size < 0 || at + size > this.#end) return this.#leave()
    this.#at = at + size
    switch (type) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xca:
        return float(bytes, at)
      case 0xcb:
        return double(bytes, at)
      case 0xcc:
        return bytes[at]
      case 0xcd:
        return uint16(bytes, at)
      case 0xce:
        return uint32(bytes, at)
      case 0xd0:
        return bytes.readInt8(at)
      case 0xd1:
        return bytes.readInt16BE(at)
      case 0xd2:
        return bytes.readInt32BE(at)
      case 0xd3:
        return bytes.readBigInt64BE(at)
      case 0xd4:
        return this.#extension(bytes[at]!, bytes[at + 1]!)
      case 0xd6:
        return bytes[at] === timestamp ? new Date(uint32(bytes, at + 1) * 1_000) : this.#leave()
      case 0xd7:
        return bytes[at] === timestamp ? dateWithMs(bytes, at + 1) : this.#leave()
      case 0xd9:
        return this.#string(bytes[at]!)
      case 0xda:
        return this.#string(uint16(bytes, at))
      case 0xdb:
        return this.#string(uint32(bytes, at))
      case 0xdc:
        return this.#array(uint16(bytes, at))
      case 0xdd:
        return this.#array(uint32(bytes, at))
      default:
        return this.#object(uint16(bytes, at))
    }
  }

  #string(length: number): string | undefined {
    const start = this.#at
    const end = start + length
    if (end > this.#end) return this.#leave()
    this.#at = end
    const bytes = this.#bytes
    if (length < readAscii.length) return readAscii[length]!(bytes, start) ?? bytes.toString('utf8', start, end)
    // Latin-1 is the quickest, and the same for ASCII.
    return bytes.toString(isAscii(bytes, start, end) ? 'latin1' : 'utf8', start, end)
  }

  #array(length: number): unknown[] | undefined {
    if (length > this.#end - this.#at || ++this.#depth > deepest) return this.#leave()
    const items: unknown[] = []
    for (let i = 0; i < length && !this.#isOff; i++) items.push(this.value())
    this.#depth--
    return items
  }

  #object(count: number): object | undefined {
    if (++this.#depth > deepest) return this.#leave()
    const alike = this.#known.withCount(count)
    const made = (alike === undefined ? undefined : this.#knownOne(alike)) ?? this.#anyObject(count)
    this.#depth--
    return made
  }

  #knownOne(alike: KnownObject[]): object | undefined {
    const start = this.#at
    const depth = this.#depth
    for (let i = 0; i < alike.length && this.#patience > 0; i++) {
      const known = alike[i]!
      if (!this.#isAt(known.keyBytes[0]!)) continue
      const object = known.fromPairs(this)
      if (!this.#isOff) {
        if (i > 0) [alike[0], alike[i]] = [known, alike[0]!]
        return object
      }
      // Another one, perhaps; what is wrong with the payload shows again.
      this.#isOff = false
      this.#patience -= this.#at - start
      this.#at = start
      this.#depth = depth
    }
    return undefined
  }

  #isAt(part: Uint8Array): boolean {
    for (let i = 0; i < part.length; i++) if (this.#bytes[this.#at + i] !== part[i]) return false
    return true
  }

  #anyObject(count: number): object | undefined {
    const object: Record<string, unknown> = {}
    const keys: string[] = []
    for (let i = 0; i < count; i++) {
      const key = this.#key()
      if (this.#isOff || key === undefined || key === '__proto__') return this.#leave()
      keys.push(key)
      object[key] = this.value()
      if (this.#isOff) return undefined
    }
    this.#known.learn(keys)
    return object
  }

  #key(): string | undefined {
    const type = this.#bytes[this.#at]!
    this.#at++
    if (type >= 0xa0 && type < 0xc0) return this.#shortKey(type & 0x1f)
    if (type === 0xd9 || type === 0xda || type === 0xdb) return this.#other(type) as string | undefined
    return this.#leave()
  }

  #shortKey(length: number): string | undefined {
    const start = this.#at
    const end = start + length
    if (end > this.#end) return this.#leave()
    const bytes = this.#bytes
    let hash = length
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0
    const slot = hash & (keySlots - 1)
    const seen = this.#keys[slot]
    this.#at = end
    if (seen !== undefined && seen.bytes.length === length && equalFrom(bytes, start, seen.bytes)) return seen.text
    const text = bytes.toString('utf8', start, end)
    this.#keys[slot] = { bytes: new Uint8Array(bytes.subarray(start, end)), text }
    return text
  }

  #record(record: number): object | undefined {
    const known = this.#records[record - firstRecord]
    if (known === undefined || ++this.#depth > deepest) return this.#leave()
    const object = known.fromValues(this)
    this.#depth--
    return object
  }

  #extension(type: number, content: number): unknown {
    if (type === 0x72) return this.#definition(content)
    if (type === 0 && content === 0) return undefined
    return this.#leave()
  }

  /** The keys of a record, and its first values. */
  #definition(record: number): object | undefined {
    if (record < firstRecord || record > 0x7f) return this.#leave()
    const count = this.#countOfKeys()
    const known = this.#knownKeys(this.#known.withCount(count)) ?? this.#newKeys(count)
    if (known === undefined) return this.#leave()
    this.#records[record - firstRecord] = known
    return this.#record(record)
  }

  #countOfKeys(): number {
    const at = this.#at
    const header = this.#bytes[at]!
    if (header === 0xdc && at + 3 <= this.#end) {
      this.#at = at + 3
      return uint16(this.#bytes, at + 1)
    }
    this.#at = at + 1
    return header >= 0x90 && header < 0xa0 ? header & 0x0f : 0
  }

  #knownKeys(alike: readonly KnownObject[] | undefined): KnownObject | undefined {
    if (alike === undefined) return undefined
    const start = this.#at
    for (const known of alike) {
      const isIt = known.keyBytes.every((key) => {
        if (!this.#isAt(key)) return false
        this.#at += key.length
        return true
      })
      if (isIt) return known
      this.#at = start
    }
    return undefined
  }

  #newKeys(count: number): KnownObject | undefined {
    if (count === 0 || count > mostKeys) return undefined
    const keys: string[] = []
    for (let i = 0; i < count; i++) {
      const key = this.#key()
      if (key === undefined) return undefined
      keys.push(key)
    }
    return this.#known.add(keys)
  }
}

/** The bytes that follow a type from 0xc0 on; −1 for the types that are msgpackr's. */
const sizes = [
  0, -1, 0, 0, -1, -1, -1, -1, -1, -1, 4, 8, 1, 2, 4, -1, 1, 2, 4, 8, 2, -1, 5, 9, -1, 1, 2, 4, 2, 4, 2, -1,
] as const

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return false
  return true
}

function equalFrom(bytes: Uint8Array, start: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[start + i] !== part[i]) return false
  return true
}
