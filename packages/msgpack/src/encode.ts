import {
  indicesIfSparse,
  isPlain,
  Nesting,
  refuseSymbols,
  SerializationError,
  takeApart,
  type Parts,
} from '@holdfast/core'

import { markedHead, plainHead } from './head.ts'
import { kinds } from './marks.ts'
import { Shapes, type FieldTarget, type Shape } from './shapes.ts'
import { viewNumbers } from './view-numbers.ts'
import { Writer } from './writer.ts'

const firstRecord = 0x40
const lastRecord = 0x7f

/**
 * Writes values as msgpackr reads them. Objects of a shape that comes again in the payload are records: their keys are
 * written a second time, and then never again. This is what makes rows small, and quick to read.
 *
 * msgpackr's own writer changes values without a word (−0, halves of surrogate pairs, holes, subclasses, `__proto__`), and
 * looking for them in advance would be a second walk.
 */
export class Encoder implements FieldTarget {
  readonly #writer = new Writer()
  readonly #shapes = new Shapes()
  readonly #nesting = new Nesting()
  #payload = 0
  #nextRecord = firstRecord
  #isMarked = false

  /** @throws {SerializationError} when the value would not come back equal */
  encode(value: unknown): Buffer {
    this.#payload++
    this.#nextRecord = firstRecord
    this.#isMarked = false
    this.#nesting.reset()
    this.#writer.begin()
    try {
      this.#write(value)
    } catch (error) {
      this.#writer.abandon()
      throw error
    }
    return this.#writer.finish(this.#isMarked ? markedHead : plainHead)
  }

  #write(value: unknown): void {
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
        return this.#writer.extension(0)
      case 'bigint':
        return this.#bigInt(value)
      default:
        throw new SerializationError(`A ${typeof value} cannot be serialized.`)
    }
  }

  #object(value: object): void {
    this.#nesting.enter(value)
    if (Array.isArray(value)) this.#array(value)
    else if (isPlain(value)) this.#plain(value)
    else this.#special(takeApart(value))
    this.#nesting.leave()
  }

  #array(array: readonly unknown[]): void {
    const indices = indicesIfSparse(array)
    if (indices === undefined) return this.#items(array)
    this.#mark(kinds.sparseArray, 1 + indices.length * 2)
    this.#writer.number(array.length)
    for (const index of indices) {
      this.#writer.number(index)
      this.#write(array[index])
    }
  }

  #items(items: readonly unknown[]): void {
    const { length } = items
    this.#writer.arrayHeader(length)
    if (length > 1) this.#expect(items[0], items[1])
    for (let i = 0; i < length; i++) this.#write(items[i])
  }

  #plain(object: Record<string, unknown>): void {
    refuseSymbols(object)
    const shape = this.#shapes.of(object)
    if (shape === undefined) return this.#map(object, Object.keys(object))
    if (shape.payload !== this.#payload) {
      shape.payload = this.#payload
      shape.record = 0
      return this.#once(object, shape)
    }
    if (shape.record > 0) this.#writer.byte(shape.record)
    else if (!this.#define(shape)) return this.#once(object, shape)
    if (shape.values !== undefined) return shape.values(object, this)
    const { keys } = shape
    for (let i = 0; i < keys.length; i++) this.#write(object[keys[i]!])
  }

  pair(key: Uint8Array, value: unknown): void {
    this.#writer.short(key)
    this.#write(value)
  }

  value(value: unknown): void {
    this.#write(value)
  }

  /** Two of a shape that follow one another: the first is a record already. */
  #expect(first: unknown, second: unknown): void {
    const shape = this.#shapeOf(first)
    if (shape === undefined || shape.payload === this.#payload || this.#shapeOf(second) !== shape) return
    shape.payload = this.#payload
    shape.record = 0
  }

  #shapeOf(value: unknown): Shape | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value)) return undefined
    return this.#shapes.of(value)
  }

  #define(shape: Shape): boolean {
    if (this.#nextRecord > lastRecord) return false
    shape.record = this.#nextRecord++
    this.#writer.recordHeader(shape.record)
    this.#writer.arrayHeader(shape.keys.length)
    for (const key of shape.keys) this.#writer.string(key)
    return true
  }

  #once(object: Record<string, unknown>, shape: Shape): void {
    if (shape.pairs === undefined) return this.#map(object, shape.keys)
    this.#writer.mapHeader(shape.keys.length)
    shape.pairs(object, this)
  }

  #map(object: Record<string, unknown>, keys: readonly string[]): void {
    // msgpackr reads a field of this name under another.
    if (keys.includes('__proto__')) this.#mark(kinds.fields, keys.length * 2)
    else this.#writer.mapHeader(keys.length)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      this.#writer.string(key)
      this.#write(object[key])
    }
  }

  #bigInt(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) return this.#writer.int64(value)
    this.#mark(kinds.bigInt, 1)
    this.#writer.string(value.toString(16))
  }

  #special(parts: Parts): void {
    switch (parts.type) {
      case 'date':
        return this.#writer.date(parts.ms)
      case 'set':
        this.#writer.extension(0x73)
        return this.#items(parts.items)
      case 'bytes':
        return this.#bytes(parts.view, parts.bytes)
      case 'map':
        return this.#marked(kinds.map, parts.entries.flat())
      case 'url':
        return this.#marked(kinds.url, [parts.href])
      case 'regExp':
        return this.#marked(kinds.regExp, [parts.source, parts.flags, parts.lastIndex])
      default:
        return this.#marked(kinds.error, [parts.error.type, ...parts.error.fields.flat()])
    }
  }

  #bytes(view: string, bytes: Uint8Array): void {
    const number = viewNumbers.get(view)
    if (view === 'Buffer') this.#writer.buffer(bytes)
    else if (number !== undefined) this.#writer.view(number, bytes)
    else {
      this.#mark(kinds.view, 2)
      this.#writer.string(view)
      this.#writer.buffer(bytes)
    }
  }

  #marked(kind: number, parts: readonly unknown[]): void {
    this.#mark(kind, parts.length)
    for (const part of parts) this.#write(part)
  }

  /** Begins an array of so many parts that stands for a value of a kind. */
  #mark(kind: number, parts: number): void {
    this.#isMarked = true
    this.#writer.arrayHeader(2 + parts)
    this.#writer.byte(0xc1)
    this.#writer.byte(kind)
  }
}
