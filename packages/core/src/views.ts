import { SerializationError } from './errors.ts'

type MakeView = (buffer: ArrayBuffer) => object

/** Everything that stands for bytes, by name, and how it is made of bytes of its own. */
const makers = new Map<string, MakeView>([
  ['Buffer', (buffer) => Buffer.from(buffer)],
  ['ArrayBuffer', (buffer) => buffer],
  ['DataView', (buffer) => new DataView(buffer)],
  ['Int8Array', (buffer) => new Int8Array(buffer)],
  ['Uint8Array', (buffer) => new Uint8Array(buffer)],
  ['Uint8ClampedArray', (buffer) => new Uint8ClampedArray(buffer)],
  ['Int16Array', (buffer) => new Int16Array(buffer)],
  ['Uint16Array', (buffer) => new Uint16Array(buffer)],
  ['Int32Array', (buffer) => new Int32Array(buffer)],
  ['Uint32Array', (buffer) => new Uint32Array(buffer)],
  ['Float32Array', (buffer) => new Float32Array(buffer)],
  ['Float64Array', (buffer) => new Float64Array(buffer)],
  ['BigInt64Array', (buffer) => new BigInt64Array(buffer)],
  ['BigUint64Array', (buffer) => new BigUint64Array(buffer)],
])

// Node 24 has it, 22 has not.
const Float16Array: unknown = Reflect.get(globalThis, 'Float16Array')
if (typeof Float16Array === 'function') {
  makers.set('Float16Array', (buffer) => Reflect.construct(Float16Array, [buffer]) as object)
}

const names: ReadonlyMap<unknown, string> = new Map(
  [...makers].map(([name, make]) => [Object.getPrototypeOf(make(new ArrayBuffer(0))) as unknown, name]),
)

/** The name of what stands for bytes: `Buffer`, `Uint8Array`, `ArrayBuffer`, …; `undefined` for anything else. */
export function viewName(prototype: unknown): string | undefined {
  return names.get(prototype)
}

/** The bytes that a view shows. */
export function bytesOfView(view: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view)
}

/**
 * A view of a copy of the bytes.
 *
 * @throws {SerializationError} when this version of Node has no view of that name
 */
export function viewOf(name: string, bytes: Uint8Array): object {
  const make = makers.get(name)
  if (make === undefined) throw new SerializationError('Bytes are of a kind that this version of Node does not know.')
  return make(Uint8Array.from(bytes).buffer)
}
