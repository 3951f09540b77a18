/// <reference lib="es2024.arraybuffer" />
import { errorParts, SerializationError } from '@holdfast/core'

import { float16Array, kinds } from './marks.ts'

/** What the writers of special values need of the encoder. */
export interface Sink {
  write(value: unknown): void
  arrayHeader(length: number): void
  /** Begins an array of so many parts that stands for a value of a kind. */
  mark(kind: number, parts: number): void
  /** Begins an extension of one byte that msgpackr knows; what it holds follows. */
  extension(type: number): void
  /** Bytes that come back as a `Buffer`. */
  buffer(bytes: Uint8Array): void
  /** Bytes that come back as the view, or `ArrayBuffer`, of msgpackr's number. */
  view(type: number, bytes: Uint8Array): void
  date(ms: number): void
}

type Write = (sink: Sink, value: never) => void

const writers = new Map<unknown, Write>([
  [Date.prototype, writeDate],
  [Map.prototype, writeMap],
  [Set.prototype, writeSet],
  [Buffer.prototype, (sink, value: Buffer) => sink.buffer(value)],
  [ArrayBuffer.prototype, writeArrayBuffer],
  [DataView.prototype, (sink, value: DataView) => sink.view(0x11, bytesOf(value))],
  [URL.prototype, writeUrl],
  [RegExp.prototype, writeRegExp],
])

const viewsInOrder = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]
for (const [type, View] of viewsInOrder.entries()) {
  writers.set(View.prototype, (sink, value: ArrayBufferView) => sink.view(type, bytesOf(value)))
}
const Float16 = float16Array()
if (Float16 !== undefined) writers.set(Float16.prototype, writeFloat16Array)

/**
 * Writes an object that is neither plain nor an array.
 *
 * @throws {SerializationError} when it is an instance of a class that has no bytes
 */
export function writeSpecial(sink: Sink, value: object): void {
  const write = writers.get(Object.getPrototypeOf(value))
  if (write !== undefined) return write(sink, value as never)
  const parts = errorParts(value)
  if (parts === undefined) throw notPlain(value)
  sink.mark(kinds.error, 1 + parts.fields.length * 2)
  sink.write(parts.type)
  for (const [key, field] of parts.fields) {
    sink.write(key)
    sink.write(field)
  }
}

function notPlain(value: object): SerializationError {
  const constructor: unknown = (value as { constructor?: unknown }).constructor
  const name = typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'a class'
  return new SerializationError(
    `An instance of ${name} cannot be serialized: it would not come back as one. Cache its plain data instead.`,
  )
}

function refuseFields(value: object): void {
  if (Object.keys(value).length === 0) return
  throw new SerializationError(`A ${value.constructor.name} has fields of its own, which would be lost.`)
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function writeDate(sink: Sink, date: Date): void {
  refuseFields(date)
  sink.date(date.getTime())
}

function writeMap(sink: Sink, map: ReadonlyMap<unknown, unknown>): void {
  refuseFields(map)
  // A copy, because a getter in a value may change the map while it is written.
  const entries = [...map]
  sink.mark(kinds.map, entries.length * 2)
  for (const [key, value] of entries) {
    sink.write(key)
    sink.write(value)
  }
}

function writeSet(sink: Sink, set: ReadonlySet<unknown>): void {
  refuseFields(set)
  const items = [...set]
  sink.extension(0x73)
  sink.arrayHeader(items.length)
  for (const item of items) sink.write(item)
}

function writeArrayBuffer(sink: Sink, buffer: ArrayBuffer): void {
  refuseFields(buffer)
  if (buffer.resizable) throw new SerializationError('A resizable ArrayBuffer would come back as a fixed one.')
  sink.view(0x10, new Uint8Array(buffer))
}

function writeUrl(sink: Sink, url: URL): void {
  refuseFields(url)
  sink.mark(kinds.url, 1)
  sink.write(url.href)
}

function writeRegExp(sink: Sink, regExp: RegExp): void {
  refuseFields(regExp)
  sink.mark(kinds.regExp, 3)
  sink.write(regExp.source)
  sink.write(regExp.flags)
  sink.write(regExp.lastIndex)
}

function writeFloat16Array(sink: Sink, view: ArrayBufferView): void {
  sink.mark(kinds.float16Array, 1)
  sink.view(1, bytesOf(view))
}
