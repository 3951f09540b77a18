import { SerializationError } from '@holdfast/core'
import { msgpack } from '../../src/msgpack.ts'

/** What reads bytes from outside, valid ones, and what must hold for any others. */
export interface Decoder {
  readonly name: string
  readonly samples: readonly Uint8Array[]
  /** How many are tried with the tests, and with the slow ones. */
  readonly few: number
  readonly many: number
  readonly check: (bytes: Buffer) => void
}

const plain = msgpack()

const rows = Array.from({ length: 5 }, (_, id) => ({ id, name: `row ${id}`, at: new Date(1_893_456_000_000 + id) }))
const values: readonly unknown[] = [
  { id: 1, name: 'ä"\\', list: [1, null, true, 0.5, -1, 300, 70_000, 2 ** 40], nested: { deep: {} } },
  rows,
  [undefined, -0, Number.NaN, Infinity, 12n, -255n, 2n ** 70n],
  {
    map: new Map<unknown, unknown>([
      ['a', 1n],
      [2, new Set([1, 'b'])],
    ]),
    at: new Date(-1),
  },
  {
    url: new URL('https://example.org/a?b=c'),
    pattern: /a+b/gi,
    bytes: Uint8Array.of(1, 2, 3),
    buffer: Buffer.from('xyz'),
  },
  { error: new RangeError('no', { cause: new Error('why') }), sparse: Object.assign([], { 3: 'd', length: 6 }) },
  [new Float64Array([1, 2]), new BigInt64Array(1), new ArrayBuffer(3), new DataView(new ArrayBuffer(2))],
  JSON.parse('{"__proto__":{"polluted":true},"a":1}'),
  'text',
]
/** Few bytes that claim to be much, and what msgpackr reads and we never write: ids, pointers, bundled strings, errors, expressions. */
const others = [
  'ddffffffff',
  'dfffffffff',
  'dbffffffff',
  'c6ffffffff',
  'c9ffffffff01',
  'dd01ffffff',
  'd4721081a161',
  '92d6690000000181a161d67000000001',
  'd6620000000c92c10161a161a162',
  '92d66200000008c4036162630102',
  'd4650093a54572726f72a16dc0',
  'd4780092a2612ba167',
  'd47300a3616263',
  'd4ff00d6ff00000001c70cff000000000000000000000001',
]

const refused = Symbol('refused')

function readOrRefused(bytes: Uint8Array): unknown {
  try {
    return plain.deserialize(bytes)
  } catch (error) {
    if (error instanceof SerializationError) return refused
    throw error
  }
}

/** What is read is a value like any other: it can be written, and read as the same. */
function check(bytes: Buffer): void {
  const value = readOrRefused(bytes)
  if ('polluted' in {}) throw new Error('It has changed the prototype of objects.')
  if (value === refused) return
  const written = Buffer.from(plain.serialize(value))
  const again = Buffer.from(plain.serialize(plain.deserialize(written)))
  if (!written.equals(again))
    throw new Error(`It was read as ${written.toString('hex')}, then ${again.toString('hex')}.`)
}

const compressing = (['deflate', 'brotli', 'zstd'] as const).map((method) =>
  msgpack({ compress: { above: 1, method } }),
)
const long = {
  rows: Array.from({ length: 20 }, (_, id) => ({ id, name: `name ${id}`, text: 'the same again and again' })),
}

export const decoders: readonly Decoder[] = [
  {
    name: 'msgpack',
    samples: [...values.map((value) => plain.serialize(value)), ...others.map((hex) => Buffer.from(hex, 'hex'))],
    few: 10_000,
    many: 1_000_000,
    check,
  },
  {
    name: 'compressed msgpack',
    samples: compressing.map((each) => each.serialize(long)),
    few: 300,
    many: 20_000,
    check,
  },
]
