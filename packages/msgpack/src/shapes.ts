import { compile } from './compile.ts'

/** What the fields of an object are written to. */
export interface FieldTarget {
  /** A key, as its bytes behind their header, and its value. */
  pair(key: Uint8Array, value: unknown): void
  value(value: unknown): void
}

type WriteFields = (object: object, target: FieldTarget) => void

/** The keys of an object in their order, and what this payload already said of them. */
export interface Shape {
  readonly keys: readonly string[]
  /** The payload in which it was seen last. */
  payload: number
  /** Its record's number in that payload; 0 while it was seen only once there, and written as a map. */
  record: number
  /** How often it was met. */
  uses: number
  /** Its fields by code made for them, once it is familiar: one that looks a key up in objects of any shape is slow. */
  pairs: WriteFields | undefined
  values: WriteFields | undefined
}

/** Code is made for a shape that was met so often. */
const familiar = 64

const mostShapes = 512
const mostKeys = 64

/**
 * Shapes of objects, kept from payload to payload so that finding one costs a look-up and comparing its keys. What a
 * payload says of a shape holds within that payload only: nothing is shared between payloads but this memory of ours.
 */
export class Shapes {
  #byFirstKey = new Map<string, Shape[]>()
  #size = 0

  /** The shape of a plain object; `undefined` for one without keys, with so many that it is a dictionary, or with one that
   * no record can have. */
  of(object: object): Shape | undefined {
    let first: string | undefined
    for (const key in object) {
      first = key
      break
    }
    if (first === undefined) return undefined
    const alike = this.#byFirstKey.get(first)
    if (alike !== undefined) {
      for (const shape of alike) {
        if (has(object, shape.keys)) {
          if (++shape.uses === familiar) prepare(shape)
          return shape
        }
      }
    }
    return this.#learn(object, first)
  }

  #learn(object: object, first: string): Shape | undefined {
    const keys = Object.keys(object)
    // msgpackr reads a field named `__proto__` under another name.
    if (keys.length > mostKeys || keys[0] !== first || keys.includes('__proto__')) return undefined
    if (this.#size >= mostShapes) {
      this.#byFirstKey.clear()
      this.#size = 0
    }
    this.#size++
    const shape: Shape = { keys, payload: 0, record: 0, uses: 0, pairs: undefined, values: undefined }
    const alike = this.#byFirstKey.get(first)
    if (alike === undefined) this.#byFirstKey.set(first, [shape])
    else if (alike.length < 16) alike.unshift(shape)
    else alike[15] = shape
    return shape
  }
}

function prepare(shape: Shape): void {
  const keyBytes = shape.keys.map((key) => Buffer.from(key))
  if (keyBytes.some(({ length }) => length > 31)) return
  const fields = shape.keys.map((key) => `o[${JSON.stringify(key)}]`)
  const pairs = fields.map((field, index) => `t.pair(k${index}, ${field})`)
  const makePairs = compile(
    keyBytes.map((_, index) => `k${index}`),
    `return (o, t) => { ${pairs.join(';')} }`,
  ) as (...keys: readonly Uint8Array[]) => WriteFields
  shape.pairs = makePairs(...keyBytes.map((bytes) => Uint8Array.of(0xa0 | bytes.length, ...bytes)))
  shape.values = compile(['o', 't'], fields.map((field) => `t.value(${field})`).join(';')) as WriteFields
}

function has(object: object, keys: readonly string[]): boolean {
  let i = 0
  for (const key in object) {
    if (key !== keys[i++]) return false
  }
  return i === keys.length
}
