import { InvalidOptionError } from './errors.ts'

/** A length of time with its unit: `'250ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`. Fractions are allowed: `'1.5s'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The longest length of time that is accepted, in milliseconds: 100 years. */
const longestMs = 100 * 365 * unitMs['d']!

/**
 * A length of time in milliseconds.
 *
 * @param name the option, for the error's message
 * @throws {InvalidOptionError} when it is not a duration with its unit, is negative, or is longer than 100 years
 */
export function parseDuration(name: string, duration: Duration): number {
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : null
  const ms = match === null ? Number.NaN : Number(match[1]) * unitMs[match[2]!]!
  if (ms <= longestMs) return ms
  throw new InvalidOptionError(
    `Expected \`${name}\` to be a duration with its unit, such as '250ms', '30s', '5m', '2h' or '1d' (at most 100 years), got ${show(duration)}.${hint(duration)}`,
  )
}

/** A value as an error message shows it: short, and on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}

function hint(duration: unknown): string {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0)
    return ` Did you mean '${duration}ms' or '${duration}s'?`
  if (typeof duration === 'string' && /^\s*\d+\s*$/.test(duration))
    return ` Did you mean '${duration.trim()}ms' or '${duration.trim()}s'?`
  return ''
}
