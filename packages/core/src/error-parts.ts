import { SerializationError } from './errors.ts'

/** What a serializer keeps of an `Error`: the built-in class it stands on and its own fields, but not its stack. */
export interface ErrorParts {
  /** `Error`, `TypeError`, … */
  readonly type: string
  /** `name`, where it is not the class's; `message`, `cause` and `errors`, where they are its own; and every enumerable field. */
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

/** The parts of an error, of a built-in class or of one that extends it; `undefined` for what is none. */
export function errorParts(value: object): ErrorParts | undefined {
  const type = builtInOf(value)
  if (type === undefined) return undefined
  const error = value as Error & Readonly<Record<string, unknown>>
  const keys = new Set(hidden.filter((key) => Object.hasOwn(error, key)))
  if (error.name !== type) keys.add('name')
  for (const key of Object.keys(error)) keys.add(key)
  keys.delete('stack')
  return { type, fields: [...keys].map((key) => [key, error[key]] as const) }
}

function builtInOf(value: object): string | undefined {
  for (let prototype: unknown = Object.getPrototypeOf(value); prototype !== null;) {
    const type = typeOf.get(prototype)
    if (type !== undefined) return type
    prototype = Object.getPrototypeOf(prototype)
  }
  return undefined
}

/**
 * The error that had these parts. Its `stack` is its name and message alone: where it was thrown is not known, and where it
 * is read says nothing.
 *
 * @throws {SerializationError} when the type is none
 */
export function errorFrom({ type, fields }: ErrorParts): Error {
  const make = makers.get(type)
  if (make === undefined) throw new SerializationError('An error is of an unknown class.')
  const error = make()
  for (const [key, value] of fields) {
    Object.defineProperty(error, key, {
      value,
      enumerable: !hidden.includes(key),
      writable: true,
      configurable: true,
    })
  }
  Object.defineProperty(error, 'stack', {
    value: [error.name, error.message].filter((text) => text !== '').join(': '),
    enumerable: false,
    writable: true,
    configurable: true,
  })
  return error
}
