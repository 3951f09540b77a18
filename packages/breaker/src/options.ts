import { checkNames, InvalidOptionError, parseDuration, systemClock, type Clock, type Duration } from '@holdfast/core'

/** In opossum's words: calls pass; calls are refused; the store is being probed, and calls are refused; it was closed for good. */
export type BreakerState = 'closed' | 'open' | 'halfOpen' | 'shutdown'

/** What a breaker shuts out: the whole store, or writes alone. */
export type BreakerScope = 'all' | 'writes'

/** Why a breaker changed its state. */
export type BreakerReason = 'failures' | 'timeouts' | 'probing' | 'probe failed' | 'probe succeeded' | 'store closed'

/** A change of a breaker's state. */
export interface BreakerTransition {
  readonly scope: BreakerScope
  /** The part of the store, such as the id of a node of a cluster; absent: the whole. */
  readonly part?: string
  readonly from: BreakerState
  readonly to: BreakerState
  readonly reason: BreakerReason
  /** When, in milliseconds of the clock. */
  readonly at: number
}

/** When a store is taken out of the path, and how its return is found. */
export interface BreakerOptions {
  /**
   * The share of failed calls in the window that opens the breaker, above 0 and at most 1. Reads and writes are counted apart:
   * many good reads do not hide that every write fails, and writes that fail shut out writes alone.
   *
   * @default 0.5
   * @throws {InvalidOptionError} when it is no such share
   */
  readonly errorThreshold?: number
  /**
   * Fewer calls than this in the window open nothing. A batch is one call.
   *
   * @default 5
   * @throws {InvalidOptionError} when it is not a whole number of at least 1
   */
  readonly volumeThreshold?: number
  /**
   * How long a call counts.
   *
   * @default '5s'
   * @throws {InvalidOptionError} when it is not a duration of at least 10 ms
   */
  readonly window?: Duration
  /**
   * So many calls in a row that did not answer before their deadline shut out everything, whatever the window says.
   *
   * @default 3
   * @throws {InvalidOptionError} when it is not a whole number of at least 1
   */
  readonly timeoutsInARow?: number
  /**
   * How long after opening, and after each failed probe, the store is probed; up to a quarter longer at random, so that a fleet does
   * not probe at once. Doubled, up to eightfold, each time it opens again within a `window` after it closed.
   *
   * @default '1s'
   * @throws {InvalidOptionError} when it is not a duration of at least 10 ms
   */
  readonly probeEvery?: Duration
  /**
   * How long a probe may take. One that hangs is answered as soon as the store thaws.
   *
   * @default '1s'
   * @throws {InvalidOptionError} when it is not a duration of at least 10 ms
   */
  readonly probeTimeout?: Duration
  /**
   * Whether an error says that the store fails. Time-outs always do.
   *
   * @default all but `InvalidOptionError` and `SerializationError`, which are the caller's
   */
  readonly isFailure?: (error: unknown) => boolean
  /** Told of each change of state, once. What it throws becomes a warning of the process. */
  readonly onStateChange?: (transition: BreakerTransition) => void
  /** The time of the deadlines in calls: the cache's clock. @default the system's */
  readonly clock?: Clock
  /** Numbers from 0 to 1 for the jitter of probes. @default Math.random */
  readonly random?: () => number
}

/** Options with every default in place. Lengths in milliseconds. */
export interface ParsedBreakerOptions {
  readonly errorThreshold: number
  readonly volumeThreshold: number
  readonly windowMs: number
  readonly timeoutsInARow: number
  readonly probeEveryMs: number
  readonly probeTimeoutMs: number
  readonly isFailure: (error: unknown) => boolean
  readonly onStateChange: ((transition: BreakerTransition) => void) | undefined
  readonly clock: Clock
  readonly random: () => number
}

const known: readonly (keyof BreakerOptions)[] = [
  'errorThreshold',
  'volumeThreshold',
  'window',
  'timeoutsInARow',
  'probeEvery',
  'probeTimeout',
  'isFailure',
  'onStateChange',
  'clock',
  'random',
]

/** @throws {InvalidOptionError} for an option that is unknown or cannot be used */
export function parseBreakerOptions(options: BreakerOptions): ParsedBreakerOptions {
  checkNames('options of a breaker', options, known)
  const { isFailure = isStoresFault, onStateChange, random = Math.random } = options
  for (const [name, option] of Object.entries({ isFailure, onStateChange, random })) {
    if (option === undefined || typeof option === 'function') continue
    throw new InvalidOptionError(`Expected \`${name}\` to be a function, got ${typeof option}.`)
  }
  return {
    errorThreshold: parseShare('errorThreshold', options.errorThreshold ?? 0.5),
    volumeThreshold: parseCount('volumeThreshold', options.volumeThreshold ?? 5),
    windowMs: parseLength('window', options.window ?? '5s'),
    timeoutsInARow: parseCount('timeoutsInARow', options.timeoutsInARow ?? 3),
    probeEveryMs: parseLength('probeEvery', options.probeEvery ?? '1s'),
    probeTimeoutMs: parseLength('probeTimeout', options.probeTimeout ?? '1s'),
    isFailure,
    onStateChange,
    clock: options.clock ?? systemClock,
    random,
  }
}

const callersErrors: ReadonlySet<unknown> = new Set(['ERR_HOLDFAST_INVALID_OPTION', 'ERR_HOLDFAST_SERIALIZATION'])

function isStoresFault(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error && callersErrors.has(error.code))
}

function parseShare(name: string, share: number): number {
  if (share > 0 && share <= 1) return share
  throw new InvalidOptionError(`Expected \`${name}\` to be a share above 0 and at most 1, got ${String(share)}.`)
}

function parseCount(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new InvalidOptionError(`Expected \`${name}\` to be a whole number of at least 1, got ${String(count)}.`)
}

function parseLength(name: string, length: Duration): number {
  const ms = parseDuration(name, length)
  if (ms >= 10) return ms
  throw new InvalidOptionError(`Expected \`${name}\` to be at least '10ms', got '${length}'.`)
}
