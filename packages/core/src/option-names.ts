import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

/**
 * Refuses what is not an object of options, or has one that is not known.
 *
 * @param what what the object is called where it is refused
 * @throws {InvalidOptionError} that names the option, the known one that is most like it, and all of them
 */
export function checkNames(what: string, options: object, known: readonly string[]): void {
  checkObject(what, options)
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(what, options, name, known)
}

/**
 * @param hint what to write instead of something, as a sentence with a space before it
 * @throws {InvalidOptionError} for what is none; an array is only found by its first index, which is not the name of an option
 */
export function checkObject(what: string, options: object, hint?: (given: unknown) => string): void {
  if (typeof options !== 'object' || options === null) throw notAnObject(what, options, hint?.(options))
}

/** The error for a name in an object of options that is not known. */
export function unknownOption(
  what: string,
  options: object,
  name: string,
  known: readonly string[],
): InvalidOptionError {
  if (Array.isArray(options)) return notAnObject(what, options)
  const like = mostLike(name, known)
  const guess = like === undefined ? '' : ` Did you mean \`${like}\`?`
  return new InvalidOptionError(`Unknown option \`${name}\`.${guess} Known ones: ${known.join(', ')}.`)
}

function notAnObject(what: string, given: unknown, hint = ''): InvalidOptionError {
  return new InvalidOptionError(`Expected ${what} to be an object, got ${show(given)}.${hint}`)
}

/** The known name that was probably meant: one that begins alike, or is a slip away for every four letters. */
function mostLike(name: string, known: readonly string[]): string | undefined {
  const given = name.toLowerCase()
  let best: string | undefined
  let bestSlips = Math.max(1, Math.floor(given.length / 4)) + 1
  for (const each of known) {
    const slips = slipsBetween(given, each.toLowerCase())
    if (slips < bestSlips) [best, bestSlips] = [each, slips]
  }
  return best ?? (given.length < 3 ? undefined : known.find((each) => each.toLowerCase().startsWith(given)))
}

/** Letters that are too many, too few or wrong, and neighbours that changed places: the optimal string alignment distance. */
function slipsBetween(from: string, to: string): number {
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + Number(!isSame))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    ;[before, above] = [above, row]
  }
  return above[to.length]!
}
