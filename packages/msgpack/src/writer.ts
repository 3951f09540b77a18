/// <reference lib="es2024.string" />
import { SerializationError } from '@holdfast/core'

/** Payloads are cut from slabs of this size; a larger one gets its own buffer. */
const slabBytes = 65_536
/** What goes before a payload at most. */
const headRoom = 2
/** What any single number or header may take. */
const margin = 16
const mostBytes = 0x3fff_ffff
/** Shorter strings are written by a loop: the call into the runtime costs more. */
const shortString = 24

/**
 * MessagePack's primitives, appended to a payload. Payloads are cut from one slab after the other, without copying; before
 * each is room for a head that is only known at its end.
 */
export class Writer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(slabBytes)
  #view = new DataView(this.#bytes.buffer)
  #start = 0
  #end = 0
  #lastLarge = 0

  begin(): void {
    if (this.#bytes.length - this.#end < slabBytes / 16) this.#replace(slabBytes)
    this.#start = this.#end
    this.#end += headRoom
  }

  /** The payload, behind its head. Its bytes are never written to again. */
  finish(head: Uint8Array): Buffer {
    const start = this.#start + headRoom - head.length
    this.#bytes.set(head, start)
    const payload = this.#bytes.subarray(start, this.#end)
    this.#leave()
    return payload
  }

  /** Forgets the payload begun. */
  abandon(): void {
    this.#end = this.#start
    this.#leave()
  }

  #leave(): void {
    if (this.#bytes.length === slabBytes) return
    // What did not fit into a slab has a buffer of its own.
    this.#lastLarge = this.#end
    this.#replace(slabBytes)
  }

  /** Makes room for as many bytes. Those of single numbers and headers need not ask. */
  #reserve(bytes: number): void {
    if (this.#end + bytes + margin > this.#bytes.length) this.#grow(bytes)
  }

  byte(byte: number): void {
    if (this.#end + margin > this.#bytes.length) this.#grow(1)
    this.#bytes[this.#end++] = byte
  }

  arrayHeader(length: number): void {
    if (length < 0x10) this.byte(0x90 | length)
    else this.#sized16(0xdc, length)
  }

  mapHeader(length: number): void {
    if (length < 0x10) this.byte(0x80 | length)
    else this.#sized16(0xde, length)
  }

  /** Begins the definition of a record: its keys and its first values follow. */
  recordHeader(record: number): void {
    this.byte(0xd4)
    this.byte(0x72)
    this.byte(record)
  }

  /** An extension of msgpackr's without bytes of its own. */
  extension(type: number): void {
    this.byte(0xd4)
    this.byte(type)
    this.byte(0)
  }

  /** Bytes that come back as a `Buffer`. */
  buffer(bytes: Uint8Array): void {
    if (bytes.length < 0x100) {
      this.byte(0xc4)
      this.byte(bytes.length)
    } else this.#sized16(0xc5, bytes.length)
    this.#raw(bytes)
  }

  /** Bytes that come back as the view of msgpackr's number. */
  view(number: number, bytes: Uint8Array): void {
    const length = bytes.length + 1
    if (length < 0x100) {
      this.byte(0xc7)
      this.byte(length)
    } else this.#sized16(0xc8, length)
    this.byte(0x74)
    this.byte(number)
    this.#raw(bytes)
  }

  /** Bytes as they are, few enough for a loop. */
  short(bytes: Uint8Array): void {
    const { length } = bytes
    this.#reserve(length)
    let end = this.#end
    for (let i = 0; i < length; i++) this.#bytes[end++] = bytes[i]!
    this.#end = end
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** A length of 16 bits after a type, or of 32 bits after the next type. */
  #sized16(type: number, length: number): void {
    this.#reserve(5)
    if (length < 0x10000) {
      this.#bytes[this.#end] = type
      this.#view.setUint16(this.#end + 1, length)
      this.#end += 3
    } else {
      this.#bytes[this.#end] = type + 1
      this.#view.setUint32(this.#end + 1, length)
      this.#end += 5
    }
  }

  /** Numbers from 0x40 to 0x7f take two bytes: their single ones name records. −0 is a float. */
  number(value: number): void {
    this.#reserve(9)
    const bytes = this.#bytes
    if (value >>> 0 === value && (value !== 0 || 1 / value > 0)) {
      if (value < 0x40) bytes[this.#end++] = value
      else if (value < 0x100) {
        bytes[this.#end] = 0xcc
        bytes[this.#end + 1] = value
        this.#end += 2
      } else if (value < 0x10000) {
        bytes[this.#end] = 0xcd
        bytes[this.#end + 1] = value >> 8
        bytes[this.#end + 2] = value
        this.#end += 3
      } else {
        bytes[this.#end] = 0xce
        this.#view.setUint32(this.#end + 1, value)
        this.#end += 5
      }
    } else if (value >> 0 === value && value !== 0) {
      if (value >= -0x20) bytes[this.#end++] = value
      else if (value >= -0x8000) {
        bytes[this.#end] = 0xd1
        this.#view.setInt16(this.#end + 1, value)
        this.#end += 3
      } else {
        bytes[this.#end] = 0xd2
        this.#view.setInt32(this.#end + 1, value)
        this.#end += 5
      }
    } else if (Math.fround(value) === value) {
      bytes[this.#end] = 0xca
      this.#view.setFloat32(this.#end + 1, value)
      this.#end += 5
    } else {
      bytes[this.#end] = 0xcb
      this.#view.setFloat64(this.#end + 1, value)
      this.#end += 9
    }
  }

  /** @throws {SerializationError} when it holds half of a surrogate pair, which UTF-8 cannot say */
  string(text: string): void {
    const { length } = text
    if (length >= shortString) return this.#longString(text)
    this.#reserve(1 + length)
    const bytes = this.#bytes
    let end = this.#end
    bytes[end++] = 0xa0 | length
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) return this.#longString(text)
      bytes[end++] = unit
    }
    this.#end = end
  }

  #longString(text: string): void {
    if (!text.isWellFormed()) {
      throw new SerializationError('A string holds half of a surrogate pair, which has no bytes in UTF-8.')
    }
    // The header's length is guessed from the text's, and right for ASCII.
    const most = text.length * 3
    this.#reserve(5 + most)
    const guess = headerBytes(text.length)
    const length = this.#bytes.write(text, this.#end + guess, 'utf8')
    const header = headerBytes(length)
    if (header !== guess) this.#bytes.copyWithin(this.#end + header, this.#end + guess, this.#end + guess + length)
    if (header === 1) this.#bytes[this.#end] = 0xa0 | length
    else if (header === 2) {
      this.#bytes[this.#end] = 0xd9
      this.#bytes[this.#end + 1] = length
    } else if (header === 3) {
      this.#bytes[this.#end] = 0xda
      this.#view.setUint16(this.#end + 1, length)
    } else {
      this.#bytes[this.#end] = 0xdb
      this.#view.setUint32(this.#end + 1, length)
    }
    this.#end += header + length
  }

  int64(value: bigint): void {
    this.#reserve(9)
    this.#bytes[this.#end] = 0xd3
    this.#view.setBigInt64(this.#end + 1, value)
    this.#end += 9
  }

  /** MessagePack's timestamp: of 4 bytes where it suffices, 8 or 12 otherwise, and a single one for an invalid date. */
  date(ms: number): void {
    this.#reserve(15)
    const seconds = Math.floor(ms / 1_000)
    const nanoseconds = (ms - seconds * 1_000) * 1_000_000
    if (Number.isNaN(ms)) this.#timestamp([0xd4, 0xff, 0xff])
    else if (nanoseconds === 0 && seconds >>> 0 === seconds) {
      this.#timestamp([0xd6, 0xff])
      this.#uint32(seconds)
    } else if (seconds >= 0 && seconds < 2 ** 34) {
      this.#timestamp([0xd7, 0xff])
      this.#uint32(nanoseconds * 4 + Math.floor(seconds / 2 ** 32))
      this.#uint32(seconds % 2 ** 32)
    } else {
      this.#timestamp([0xc7, 12, 0xff])
      this.#uint32(nanoseconds)
      this.#uint32(Math.floor(seconds / 2 ** 32))
      this.#uint32(seconds)
    }
  }

  #timestamp(head: readonly number[]): void {
    for (const byte of head) this.#bytes[this.#end++] = byte
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#end, value)
    this.#end += 4
  }

  #grow(bytes: number): void {
    const length = this.#end - this.#start
    if (length + bytes > mostBytes) throw new SerializationError('The value takes more than a gigabyte.')
    const old = this.#bytes
    const start = this.#start
    // Large values tend to be as large as the last one: growing in steps would copy and touch it all again and again.
    this.#replace(Math.max((length + bytes + margin) * 2, Math.ceil(this.#lastLarge * 1.1)))
    old.copy(this.#bytes, 0, start, start + length)
    this.#end = length
  }

  #replace(bytes: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
    this.#view = new DataView(this.#bytes.buffer)
    this.#start = 0
    this.#end = 0
  }
}

function headerBytes(length: number): number {
  if (length < 0x20) return 1
  if (length < 0x100) return 2
  return length < 0x10000 ? 3 : 5
}
