import { InvalidOptionError, type Duration } from '@holdfast/core'

/** A length of time as the kit takes it: a number is seconds, a string carries its unit (`'250ms'`, `'5m'`). */
export type Seconds = number | Duration

/**
 * A kit's length of time as one with its unit. Strings are checked where they are used.
 *
 * @param name the option, for the error's message
 * @throws {InvalidOptionError} for a number that is negative or not finite
 */
export function toDuration(name: string, time: Seconds): Duration {
  if (typeof time !== 'number') return time
  if (Number.isFinite(time) && time >= 0) return `${Math.round(time * 1_000)}ms`
  throw new InvalidOptionError(
    `Expected \`${name}\` to be seconds of at least 0, or a duration such as '250ms' or '5m', got ${time}.`,
  )
}

/** Milliseconds as the kit shows them: seconds, to the millisecond. */
export function toSeconds(ms: number): number {
  return Math.round(ms) / 1_000
}
