import { deserialize, serialize } from 'node:v8'
import { SerializationError, type Serializer } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { serializerCases, testSerializer } from './test-serializer.ts'

type Described = readonly [type: string, ...parts: unknown[]]

const errorTypes = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError }
const viewTypes = [
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

/** A serializer as plain as one can be: values described by lists, on the runtime's own format. */
function plain(): Serializer {
  return {
    name: 'plain',
    serialize: (value) => serialize(describeValue(value, [])),
    deserialize: (bytes) => {
      try {
        return revive(deserialize(Uint8Array.from(bytes)) as Described)
      } catch (error) {
        throw new SerializationError('These bytes cannot be read.', { cause: error })
      }
    },
  }
}

function describeValue(value: unknown, path: readonly unknown[], field = ''): Described {
  if (typeof value === 'function' || typeof value === 'symbol') throw new SerializationError(`No ${field}.`)
  if (typeof value !== 'object' || value === null) return ['leaf', value]
  if (path.includes(value)) throw new SerializationError('It contains itself.')
  if (path.length > 300) throw new SerializationError('It is too deep.')
  const inner = (part: unknown, name = ''): Described => describeValue(part, [...path, value], name)
  const entries = (object: object): unknown[] => Object.entries(object).map(([name, part]) => [name, inner(part, name)])
  if (value instanceof URL) return ['url', value.href]
  if (value instanceof Error) return describeError(value, inner, entries)
  if (Buffer.isBuffer(value)) return ['buffer', Uint8Array.from(value)]
  if (value instanceof ArrayBuffer) return ['leaf', value]
  if (value instanceof RegExp || value instanceof Date) return ['leaf', value]
  const view = viewTypes.find((type) => type.prototype === Object.getPrototypeOf(value))
  if (view !== undefined) return ['leaf', (value as Uint8Array).slice()]
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Array.prototype) {
    if (Object.keys(value).some((name) => !/^\d+$/.test(name))) throw new SerializationError('A list with fields.')
    return ['list', (value as unknown[]).length, entries(value)]
  }
  if (prototype === Map.prototype)
    return ['map', ...[...(value as Map<unknown, unknown>)].flat().map((each) => inner(each))]
  if (prototype === Set.prototype) return ['set', ...[...(value as Set<unknown>)].map((each) => inner(each))]
  if (prototype !== Object.prototype && prototype !== null) throw new SerializationError('An instance of a class.')
  if (Object.getOwnPropertySymbols(value).length > 0) throw new SerializationError('A field under a symbol.')
  return ['object', entries(value)]
}

function describeError(
  error: Error,
  inner: (part: unknown) => Described,
  entries: (object: object) => unknown[],
): Described {
  const type = error.constructor.name in errorTypes ? error.constructor.name : 'Error'
  const cause = 'cause' in error ? [inner(error.cause)] : []
  return ['error', type, error.name, error.message, cause, entries(error)]
}

function revive(described: Described): unknown {
  const [type, ...parts] = described
  const define = (target: object, fields: unknown): object => {
    for (const [name, part] of fields as [string, Described][])
      Object.defineProperty(target, name, { value: revive(part), enumerable: true, writable: true, configurable: true })
    return target
  }
  if (type === 'leaf') return parts[0]
  if (type === 'url') return new URL(parts[0] as string)
  if (type === 'buffer') return Buffer.from(parts[0] as Uint8Array)
  if (type === 'list') return Object.assign(define([], parts[1]), { length: parts[0] })
  if (type === 'object') return define({}, parts[0])
  if (type === 'set') return new Set((parts as Described[]).map(revive))
  if (type === 'map') return new Map(pairs((parts as Described[]).map(revive)))
  if (type !== 'error') throw new Error('Nothing of ours.')
  const [name, shown, message, cause, fields] = parts as [keyof typeof errorTypes, string, string, Described[], unknown]
  const error = new errorTypes[name](message, cause[0] === undefined ? {} : { cause: revive(cause[0]) })
  if (shown !== name) Object.defineProperty(error, 'name', { value: shown, configurable: true })
  return define(error, fields)
}

function pairs(parts: readonly unknown[]): [unknown, unknown][] {
  return parts.flatMap((part, at) => (at % 2 === 0 ? [[part, parts[at + 1]] as [unknown, unknown]] : []))
}

testSerializer({ open: plain })

/** Serializers with one fault each, and a case that must find it. */
const faulty: readonly [string, string, Partial<Serializer>][] = [
  ['text of JSON', 'keeps > dates', json()],
  ['JSON that loses −0', 'keeps > numbers, −0, NaN and the infinities', json()],
  ['JSON that loses fields', 'keeps > fields and items that are undefined', json()],
  ['JSON that calls toJSON', 'refuses > objects whose own methods would be lost', json()],
  ['structured clones', 'refuses > instances of classes', { serialize, deserialize }],
  ['structured clones of cycles', 'refuses > what contains itself', { serialize, deserialize }],
  ['structured clones of addresses', 'keeps > addresses', { serialize, deserialize }],
  [
    'errors of another kind for foreign bytes',
    'bytes > of any other program are refused or read as something, and nothing worse',
    { deserialize },
  ],
  [
    'one buffer for all bytes',
    'bytes > leaves earlier bytes alone when it serializes again',
    { serialize: inOneBuffer(Buffer.alloc(1 << 20)) },
  ],
  [
    'values that live on the bytes they came from',
    'keeps > byte arrays, apart from buffers',
    { serialize: (value) => value as Uint8Array, deserialize: (bytes) => bytes },
  ],
  ['no name', 'bytes > has a name that names the format', { name: '' }],
]

function json(): Partial<Serializer> {
  return {
    serialize: (value) => Buffer.from(JSON.stringify(value) ?? 'null'),
    deserialize: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
  }
}

function inOneBuffer(buffer: Buffer): Serializer['serialize'] {
  return (value) => {
    const bytes = serialize(describeValue(value, []))
    bytes.copy(buffer)
    return buffer.subarray(0, bytes.length)
  }
}

describe('testSerializer', () => {
  it.each(faulty)('finds %s', async (_fault, name, fault) => {
    const found = serializerCases.find((each) => each.name === name)

    await expect((async () => found!.run({ ...plain(), ...fault }))()).rejects.toThrow(/./)
  })
})
