import { SerializationError } from './errors.ts'

/** What a serializer keeps of an `Error`: its built-in class and its own fields, but not its stack. */
export interface ErrorParts {
  /** The name of its class: `Error`, `TypeError`, … */
  readonly type: string
  /** `message`, `cause` and `errors` where they are its own, and every enumerable field; key after value. */
  readonly fields: readonly (readonly [key: string, value: unknown])[]
}

const makers: ReadonlyMap<string, () => Error> = new Map<string, () => Error>([
  ['Error', () => new Error()],
  ['EvalError', () => new EvalError()],
  ['RangeError', () => new RangeError()],
  ['ReferenceError', () => new ReferenceError()],
  ['SyntaxError', () => new SyntaxError()],
  ['TypeError', () => new TypeError()],
  ['URIError', () => new URIError()],
  ['AggregateError', () => new AggregateError([])],
])

const typeOf: ReadonlyMap<unknown, string> = new Map(
  [...makers].map(([type, make]) => [Object.getPrototypeOf(make()) as unknown, type]),
)

/** Fields that are an error's own but not enumerable. */
const hidden: readonly string[] = ['message', 'cause', 'errors']

/** The parts of an error; `undefined` when its class is not one of JavaScript's own. */
export function errorParts(error: object): ErrorParts | undefined {
  const type = typeOf.get(Object.getPrototypeOf(error))
  if (type === undefined) return undefined
  const keys = new Set([...hidden.filter((key) => Object.hasOwn(error, key)), ...Object.keys(error)])
  keys.delete('stack')
  return { type, fields: [...keys].map((key) => [key, (error as Record<string, unknown>)[key]] as const) }
}

/**
 * The error that had these parts. Its `stack` is only its name and message: where it was thrown is not known, and where it
 * was read says nothing.
 *
 * @throws {SerializationError} when the class is not one of JavaScript's own
 */
export function errorFrom({ type, fields }: ErrorParts): Error {
  const make = makers.get(type)
  if (make === undefined) throw new SerializationError('An error is of an unknown class.')
  const error = make()
  for (const [key, value] of fields) {
    Object.defineProperty(error, key, { value, enumerable: !hidden.includes(key), writable: true, configurable: true })
  }
  const stack = error.message === '' ? error.name : `${error.name}: ${error.message}`
  Object.defineProperty(error, 'stack', { value: stack, enumerable: false, writable: true, configurable: true })
  return error
}
