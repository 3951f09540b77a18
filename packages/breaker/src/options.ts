import { InvalidOptionError, parseDuration, systemClock, type Clock, type Duration } from '@holdfast/core'

/** When a store is taken out of the path, and how its return is found. */
export interface BreakerOptions {
  /** The share of failed calls within the window that opens the circuit, from 0 to 1. @default 0.5 */
  readonly errorThreshold?: number
  /** Fewer calls than this within the window open nothing. @default 5 */
  readonly volumeThreshold?: number
  /** The rolling window. @default '5s' */
  readonly window?: Duration
  /** So many time-outs in a row open the circuit whatever the window says. @default 3 */
  readonly timeoutsInARow?: number
  /** How long after opening, and after each failed probe, the store is probed; up to a quarter longer at random. @default '1s' */
  readonly probeEvery?: Duration
  /** How long a probe may take. @default '1s' */
  readonly probeTimeout?: Duration
  /** Told of each change of state. Must not throw. */
  readonly onStateChange?: (state: BreakerState, cause: unknown) => void
  /** @default the system's */
  readonly clock?: Clock
  /** Numbers from 0 to 1 for the jitter of probes. @default Math.random */
  readonly random?: () => number
}

/** In opossum's words: calls pass, calls are refused, the store is being probed (and calls are refused). */
export type BreakerState = 'closed' | 'open' | 'halfOpen'

/** Options with every default in place. Lengths in milliseconds. */
export interface ParsedBreakerOptions {
  readonly errorThreshold: number
  readonly volumeThreshold: number
  readonly windowMs: number
  readonly timeoutsInARow: number
  readonly probeEveryMs: number
  readonly probeTimeoutMs: number
  readonly onStateChange: ((state: BreakerState, cause: unknown) => void) | undefined
  readonly clock: Clock
  readonly random: () => number
}

export function parseBreakerOptions(options: BreakerOptions): ParsedBreakerOptions {
  return {
    errorThreshold: parseShare('errorThreshold', options.errorThreshold ?? 0.5),
    volumeThreshold: parseCount('volumeThreshold', options.volumeThreshold ?? 5),
    windowMs: parseLength('window', options.window ?? '5s'),
    timeoutsInARow: parseCount('timeoutsInARow', options.timeoutsInARow ?? 3),
    probeEveryMs: parseLength('probeEvery', options.probeEvery ?? '1s'),
    probeTimeoutMs: parseLength('probeTimeout', options.probeTimeout ?? '1s'),
    onStateChange: options.onStateChange,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  }
}

function parseShare(name: string, value: number): number {
  if (value > 0 && value <= 1) return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a share above 0 and at most 1, got ${value}.`)
}

function parseCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidOptionError(`Expected \`${name}\` to be a whole number of at least 1, got ${value}.`)
}

function parseLength(name: string, value: Duration): number {
  const ms = parseDuration(name, value)
  if (ms > 0) return ms
  throw new InvalidOptionError(`Expected \`${name}\` to be longer than nothing, got ${value}.`)
}
