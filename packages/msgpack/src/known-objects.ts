import { compile } from './compile.ts'

/** A source of the values of an object, in the order of its keys. */
export interface ValueSource {
  /** The value after this key, where these are the bytes that come now: the key's, behind their header. */
  valueAfter(key: Uint8Array): unknown
  value(): unknown
}

/** Objects of one list of keys: made at once, instead of field by field. */
export interface KnownObject {
  /** Each key as it lies in a payload, header included. */
  readonly keyBytes: readonly Uint8Array[]
  /** An object whose values follow one another. */
  fromValues(source: ValueSource): object
  /** An object whose values each follow their key. */
  fromPairs(source: ValueSource): object
}

/** Objects are known from the so many-th on that has the same keys as the last of as many. */
const familiar = 3
/** An object of more is a dictionary. */
export const mostKeys = 64
/** So many are told apart that have the same number of keys. */
const mostAlike = 8
/** So many are ever made: a stream of ever new ones must not compile for ever. */
const mostKnown = 1_024

/** The lists of keys that come again, by their number. */
export class KnownObjects {
  readonly #byCount: (KnownObject[] | undefined)[] = []
  readonly #lastKeys: (readonly string[] | undefined)[] = []
  readonly #repeats: number[] = []
  #made = 0

  /** Known objects with so many keys, the latest found first. */
  withCount(count: number): KnownObject[] | undefined {
    return this.#byCount[count]
  }

  /** Is told of the keys of each object that was not known. */
  learn(keys: readonly string[]): void {
    const { length } = keys
    if (length === 0 || length > mostKeys || this.#made >= mostKnown) return
    const last = this.#lastKeys[length]
    this.#lastKeys[length] = keys
    if (last === undefined || !keys.every((key, index) => key === last[index])) {
      this.#repeats[length] = 1
      return
    }
    const repeats = (this.#repeats[length] ?? 1) + 1
    this.#repeats[length] = repeats % familiar
    if (repeats < familiar) return
    this.add(keys)
  }

  /** `undefined` where there are too many already, or one of these keys cannot be. */
  add(keys: readonly string[]): KnownObject | undefined {
    if (this.#made >= mostKnown) return undefined
    const made = knownObject(keys)
    if (made === undefined) return undefined
    this.#made++
    const alike = (this.#byCount[keys.length] ??= [])
    if (alike.length >= mostAlike) alike.pop()
    alike.unshift(made)
    return made
  }
}

/** `undefined` where a key has no place in a literal, or is too long to be compared. */
function knownObject(keys: readonly string[]): KnownObject | undefined {
  const keyBytes = keys.map((key) => Buffer.from(key))
  if (keys.includes('__proto__') || keyBytes.some(({ length }) => length > 31)) return undefined
  const names = keys.map((key) => JSON.stringify(key))
  // A literal is the quickest way to make an object.
  const pairs = names.map((name, index) => `${name}:s.valueAfter(k${index})`)
  const withHeaders = keyBytes.map((bytes) => Uint8Array.of(0xa0 | bytes.length, ...bytes))
  const make = compile(
    names.map((_, index) => `k${index}`),
    `return (s) => ({${pairs.join()}})`,
  ) as (...keys: readonly Uint8Array[]) => KnownObject['fromPairs']
  const fromValues = compile(['s'], `return {${names.map((name) => `${name}:s.value()`).join()}}`)
  return {
    keyBytes: withHeaders,
    fromPairs: make(...withHeaders),
    fromValues: fromValues as KnownObject['fromValues'],
  }
}
