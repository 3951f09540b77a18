import { SerializationError } from './errors.ts'

/** Whether an object is a collection of fields: not an array, nor an instance of anything. One without a prototype is. */
export function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** @throws {SerializationError} when an object has an enumerable field that is named by a symbol */
export function refuseSymbols(object: object): void {
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (Object.prototype.propertyIsEnumerable.call(object, symbol)) {
      throw new SerializationError('A field that is named by a symbol would be lost.')
    }
  }
}

/** Above this length, fields on an array are looked for only when it holds objects: naming its indices costs more than writing numbers. */
const longArray = 1_000

/**
 * The indices of an array that has holes; `undefined` for one that has none.
 *
 * @throws {SerializationError} when it is of a class that extends arrays, or has fields besides its elements
 */
export function indicesIfSparse(array: readonly unknown[]): readonly number[] | undefined {
  if (Object.getPrototypeOf(array) !== Array.prototype) {
    throw new SerializationError(
      `An instance of ${array.constructor.name} would come back as an array: copy it to one.`,
    )
  }
  const { length } = array
  if (length > longArray && typeof array[0] !== 'object' && !hasHole(array)) return undefined
  const keys = Object.keys(array)
  if (keys.length === length && (length === 0 || keys[length - 1] === String(length - 1))) return undefined
  return keys.map((key) => {
    const index = Number(key)
    if (String(index >>> 0) === key && index < length) return index
    throw new SerializationError('A field on an array, besides its elements, would be lost.')
  })
}

function hasHole(array: readonly unknown[]): boolean {
  for (let i = 0; i < array.length; i++) {
    if (array[i] === undefined && !Object.hasOwn(array, i)) return true
  }
  return false
}

/**
 * An array with holes, of its length and elements.
 *
 * @throws {SerializationError} when a number is no length or index
 */
export function sparseArray(
  length: unknown,
  elements: readonly (readonly [index: unknown, value: unknown])[],
): unknown[] {
  const array: unknown[] = []
  const end = whole(length, 0xffff_ffff)
  // An element far beyond the end makes the array a dictionary, so that a length of four billion costs nothing.
  array[end - 1] = undefined
  Reflect.deleteProperty(array, end - 1)
  for (const [index, value] of elements) array[whole(index, end - 1)] = value
  return array
}

function whole(number: unknown, most: number): number {
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= most) return number
  throw new SerializationError('The bytes hold an array with a wrong index.')
}
