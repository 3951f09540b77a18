import { SerializationError } from './errors.ts'

const mostSteps = 32
/** Stands for a field whose getter throws: every serializer refuses a symbol. */
const unreadable = Symbol('unreadable')
const identifier = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u

/**
 * What a serializer throws when it cannot write a value: why, and where in it: `user.friends[1].greet`.
 *
 * The place is looked for by writing each part anew, so that writing need not keep the path: it costs as much as writing the
 * value for each step.
 *
 * @param error what was thrown
 * @param serialize what threw it
 */
export function refusal(error: unknown, value: unknown, serialize: (part: unknown) => unknown): SerializationError {
  const path = refusedAt(value, (part) => fails(serialize, part))
  const where = path === '' ? '' : ` It is at \`${path}\`.`
  if (error instanceof SerializationError) return new SerializationError(`${error.message}${where}`)
  return new SerializationError(`The value could not be read.${where}`, { cause: error })
}

function fails(serialize: (part: unknown) => unknown, part: unknown): boolean {
  try {
    serialize(part)
    return false
  } catch {
    return true
  }
}

function refusedAt(value: unknown, refuses: (part: unknown) => boolean): string {
  let path = ''
  const around = new Set<unknown>()
  for (let at = value, step = 0; step < mostSteps; step++) {
    around.add(at)
    const found = partsOf(at).find(([, part]) => refuses(part))
    if (found === undefined) return path
    path += path === '' ? found[0].replace(/^\./, '') : found[0]
    // What contains itself is refused wherever one looks at it.
    if (around.has(found[1])) return path
    at = found[1]
  }
  return `${path}…`
}

function partsOf(value: unknown): readonly (readonly [step: string, part: unknown])[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return []
  if (value instanceof Map) {
    // A map's keys may be anybody's data, and stay out of messages.
    return [...value].flatMap(([key, part]) => [['.keys()', key] as const, ['.values()', part] as const])
  }
  if (value instanceof Set) return [...value].map((part) => ['.values()', part] as const)
  const keys = value instanceof Error ? new Set([...Object.keys(value), 'cause', 'errors']) : Object.keys(value)
  return [...keys].map((key) => [stepOf(value, key), fieldOf(value, key)] as const)
}

function fieldOf(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return unreadable
  }
}

function stepOf(value: object, key: string): string {
  if (Array.isArray(value)) return `[${key}]`
  return identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
