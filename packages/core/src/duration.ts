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

/** A value as an error message shows it: short, on one line, and without the password of a URL. */
export function show(value: unknown): string {
  if (typeof value === 'string') return showText(value.replace(/^(\w[\w+.-]*:\/\/).*@/s, '$1…@'))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}

function showText(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function hint(duration: unknown): string {
  const likely = likelyDurations(duration).filter((each) => each !== duration)
  return likely.length === 0 ? '' : ` Did you mean ${likely.map((each) => `'${each}'`).join(' or ')}?`
}

/** What people write for a unit. */
const unitNames: readonly (readonly [name: RegExp, unit: string, times: number])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/, 'ms', 1],
  [/^(s|secs?|seconds?)$/, 's', 1],
  [/^(m|mins?|minutes?)$/, 'm', 1],
  [/^(h|hrs?|hours?)$/, 'h', 1],
  [/^(d|days?)$/, 'd', 1],
  [/^(w|weeks?)$/, 'd', 7],
]

/** The durations that may be meant by something: itself where it is one, several where it has no unit, none where nothing is known. */
export function likelyDurations(given: unknown): readonly string[] {
  const text = typeof given === 'number' ? String(given) : given
  const match = typeof text === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) : null
  if (match === null) return []
  const [, amount = '', name = ''] = match
  if (name === '') return [`${amount}ms`, `${amount}s`]
  const named = unitNames.find(([names]) => names.test(name.toLowerCase()))
  if (named === undefined) return []
  const [, unit, times] = named
  return [`${times === 1 ? amount : Number(amount) * times}${unit}`]
}
