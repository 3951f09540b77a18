import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

/**
 * Refuses what is not an object with certain methods.
 *
 * @param name the option or argument, for the error's message
 * @param hint how to come by one, as a sentence; said of what has none of the methods
 * @returns the object
 * @throws {InvalidOptionError} that says what came, or which methods it lacks
 */
export function checkMethods<S extends object>(
  name: string,
  object: S,
  methods: readonly (keyof S & string)[],
  hint: string,
): S {
  if (typeof object !== 'object' || object === null)
    throw new InvalidOptionError(`Expected \`${name}\` to be an object with its methods, got ${show(object)}. ${hint}`)
  const missing = methods.filter((method) => typeof object[method] !== 'function')
  if (missing.length === 0) return object
  const lacks = `Expected \`${name}\` to have ${missing.map((method) => `${method}()`).join(', ')}.`
  throw new InvalidOptionError(missing.length === methods.length ? `${lacks} ${hint}` : lacks)
}
