import { SerializationError } from '@holdfast/core'

import { markedHead, plainHead } from './head.ts'
import { kinds } from './marks.ts'
import { Shapes, type Shape } from './shapes.ts'
import { writeSpecial, type Sink } from './specials.ts'
import { Writer } from './writer.ts'

/** What is nested deeper is refused, so that reading it back never runs out of stack. */
const deepest = 1_000
/** From this depth on an object is compared with those around it: a cycle is found before it has filled the buffer. */
const suspicious = 16
const firstRecord = 0x40
const lastRecord = 0x7f
/** Above this length fields on an array are looked for only when it holds objects: naming its indices would cost more than writing it. */
const longArray = 1_000

/**
 * Writes values as msgpackr reads them. Objects of a shape that comes again in the payload are records: their keys are
 * written a second time, and then never again. This is what makes rows small, and quick to read.
 *
 * msgpackr's own writer changes values without a word (−0, halves of surrogate pairs, holes, subclasses, `__proto__`), and
 * looking for them in advance would be a second walk.
 */
export class Encoder implements Sink {
  readonly #writer = new Writer()
  readonly #shapes = new Shapes()
  readonly #around: object[] = []
  #payload = 0
  #nextRecord = firstRecord
  #depth = 0
  #marked = false

  /** @throws {SerializationError} when the value would not come back equal */
  encode(value: unknown): Buffer {
    this.#payload++
    this.#nextRecord = firstRecord
    this.#depth = 0
    this.#marked = false
    this.#writer.begin()
    try {
      this.write(value)
    } catch (error) {
      this.#writer.abandon()
      throw error
    } finally {
      this.#around.length = 0
    }
    return this.#writer.finish(this.#marked ? markedHead : plainHead)
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#writer.string(value)
      case 'number':
        return this.#writer.number(value)
      case 'boolean':
        return this.#writer.byte(value ? 0xc3 : 0xc2)
      case 'object':
        return value === null ? this.#writer.byte(0xc0) : this.#object(value)
      case 'undefined':
        this.extension(0)
        return
      case 'bigint':
        return this.#bigInt(value)
      default:
        throw new SerializationError(`A ${typeof value} cannot be serialized.`)
    }
  }

  mark(kind: number, parts: number): void {
    this.#marked = true
    this.arrayHeader(parts + 2)
    this.#writer.byte(0xc1)
    this.#writer.byte(kind)
  }

  extension(type: number): void {
    this.#writer.byte(0xd4)
    this.#writer.byte(type)
    this.#writer.byte(0)
  }

  arrayHeader(length: number): void {
    if (length < 0x10) this.#writer.byte(0x90 | length)
    else this.#writer.sized16(0xdc, length)
  }

  buffer(bytes: Uint8Array): void {
    if (bytes.length < 0x100) {
      this.#writer.byte(0xc4)
      this.#writer.byte(bytes.length)
    } else this.#writer.sized16(0xc5, bytes.length)
    this.#writer.raw(bytes)
  }

  view(type: number, bytes: Uint8Array): void {
    const length = bytes.length + 1
    if (length < 0x100) {
      this.#writer.byte(0xc7)
      this.#writer.byte(length)
    } else this.#writer.sized16(0xc8, length)
    this.#writer.byte(0x74)
    this.#writer.byte(type)
    this.#writer.raw(bytes)
  }

  date(ms: number): void {
    this.#writer.date(ms)
  }

  #object(value: object): void {
    const depth = this.#depth++
    if (depth >= suspicious) this.#lookAround(value, depth)
    if (Array.isArray(value)) this.#array(value)
    else {
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype === Object.prototype || prototype === null) this.#plain(value as Record<string, unknown>)
      else writeSpecial(this, value)
    }
    this.#depth = depth
  }

  #lookAround(value: object, depth: number): void {
    if (depth >= deepest)
      throw new SerializationError(`A value nested deeper than ${deepest} levels cannot be serialized.`)
    for (let i = suspicious; i < depth; i++) {
      if (this.#around[i] === value) throw new SerializationError('A cyclic value cannot be serialized.')
    }
    this.#around[depth] = value
  }

  #array(array: readonly unknown[]): void {
    const { length } = array
    if (Object.getPrototypeOf(array) !== Array.prototype) return writeSpecial(this, array)
    if (length <= longArray || typeof array[0] === 'object') {
      const keys = Object.keys(array)
      if (keys.length !== length || (length > 0 && keys[length - 1] !== String(length - 1)))
        return this.#sparseArray(array, keys)
    } else if (array.includes(undefined) && hasHole(array)) return this.#sparseArray(array, Object.keys(array))
    this.arrayHeader(length)
    for (let i = 0; i < length; i++) this.write(array[i])
  }

  #sparseArray(array: readonly unknown[], keys: readonly string[]): void {
    this.mark(kinds.sparseArray, 1 + keys.length * 2)
    this.write(array.length)
    for (const key of keys) {
      const index = Number(key)
      if (String(index >>> 0) !== key)
        throw new SerializationError('An array has fields besides its elements, which would be lost.')
      this.write(index)
      this.write(array[index])
    }
  }

  #plain(object: Record<string, unknown>): void {
    const shape = this.#shapes.of(object)
    if (shape === undefined) return this.#map(object, Object.keys(object))
    if (shape.payload !== this.#payload) {
      shape.payload = this.#payload
      shape.record = 0
      return this.#map(object, shape.keys)
    }
    if (shape.record > 0) this.#writer.byte(shape.record)
    else if (!this.#define(shape)) return this.#map(object, shape.keys)
    const { keys } = shape
    for (let i = 0; i < keys.length; i++) this.write(object[keys[i]!])
  }

  #define(shape: Shape): boolean {
    if (this.#nextRecord > lastRecord) return false
    shape.record = this.#nextRecord++
    this.#writer.byte(0xd4)
    this.#writer.byte(0x72)
    this.#writer.byte(shape.record)
    this.arrayHeader(shape.keys.length)
    for (const key of shape.keys) this.#writer.string(key)
    return true
  }

  #map(object: Record<string, unknown>, keys: readonly string[]): void {
    refuseSymbols(object)
    if (keys.includes('__proto__')) return this.#fields(object, keys)
    if (keys.length < 0x10) this.#writer.byte(0x80 | keys.length)
    else this.#writer.sized16(0xde, keys.length)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      this.#writer.string(key)
      this.write(object[key])
    }
  }

  #fields(object: Record<string, unknown>, keys: readonly string[]): void {
    this.mark(kinds.fields, keys.length * 2)
    for (const key of keys) {
      this.#writer.string(key)
      this.write(object[key])
    }
  }

  #bigInt(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) return this.#writer.int64(value)
    this.mark(kinds.bigInt, 1)
    this.#writer.string(value.toString(16))
  }
}

function hasHole(array: readonly unknown[]): boolean {
  for (let i = 0; i < array.length; i++) {
    if (array[i] === undefined && !Object.hasOwn(array, i)) return true
  }
  return false
}

function refuseSymbols(object: object): void {
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (Object.prototype.propertyIsEnumerable.call(object, symbol)) {
      throw new SerializationError('An object has a field named by a symbol, which would be lost.')
    }
  }
}
