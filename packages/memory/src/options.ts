import {
  checkNames,
  InvalidOptionError,
  parseByteSize,
  systemClock,
  type ByteSize,
  type Clock,
  type Entry,
} from '@holdfast/core'

import { estimateBytes } from './estimate-bytes.ts'

/** The bytes that an entry counts for. */
export type Weigh = (key: string, entry: Entry) => number

/** What a memory store may hold, and how it counts. */
export interface MemoryStoreOptions {
  /**
   * The most entries it ever holds.
   *
   * @default 10 000 when `maxBytes` is absent too
   * @throws {InvalidOptionError} when it is not a whole number from 1 to 8 388 608
   */
  readonly maxEntries?: number
  /**
   * The most bytes it ever holds, as `weigh` counts them: a number, or `'64mb'`. Beside `maxEntries`, an entry counts for at least its
   * share, `maxBytes / maxEntries`.
   *
   * @default unbounded
   * @throws {InvalidOptionError} when it is not a positive size
   */
  readonly maxBytes?: ByteSize
  /**
   * Counts the bytes of an entry, once for each `set`. An entry for which it throws, or does not return a number of at least 0, is not
   * kept: a wrong weight never breaks the bound.
   *
   * @default an estimate of what the entry takes on the heap
   */
  readonly weigh?: Weigh
  /** The time in which entries expire: the cache's clock. @default the system's */
  readonly clock?: Clock
}

/** Options with their defaults. */
export interface ParsedOptions {
  readonly maxEntries: number | undefined
  readonly maxBytes: number | undefined
  /** What all entries may weigh together: bytes, or their number. */
  readonly bound: number
  /** How many entries there may be, whatever they weigh. */
  readonly mostEntries: number
  /** A whole number of at least 1, or NaN for an entry that cannot be kept. Absent where each entry weighs 1. */
  readonly weigh: Weigh | undefined
  readonly clock: Clock
}

/** Half of what a `Map` holds, which needs room for those just deleted. */
const mostEntries = 2 ** 23
const usualEntries = 10_000

const known: readonly (keyof MemoryStoreOptions)[] = ['maxEntries', 'maxBytes', 'weigh', 'clock']

export function parseOptions(options: MemoryStoreOptions): ParsedOptions {
  checkNames('options of a memory store', options, known)
  const { weigh = estimateBytes, clock = systemClock } = options
  if (typeof weigh !== 'function') {
    throw new InvalidOptionError(`Expected \`weigh\` to be a function, got ${typeof weigh}.`)
  }
  const maxEntries = options.maxEntries === undefined ? undefined : parseEntries(options.maxEntries)
  if (options.maxBytes === undefined) {
    const bound = maxEntries ?? usualEntries
    return { maxEntries: bound, maxBytes: undefined, bound, mostEntries: bound, weigh: undefined, clock }
  }
  const maxBytes = parseByteSize('maxBytes', options.maxBytes)
  const share = maxEntries === undefined ? 1 : Math.ceil(maxBytes / maxEntries)
  const most = Math.min(maxEntries ?? mostEntries, maxBytes)
  return { maxEntries, maxBytes, bound: maxBytes, mostEntries: most, weigh: wholeWeigh(weigh, share), clock }
}

function parseEntries(maxEntries: number): number {
  if (Number.isInteger(maxEntries) && maxEntries >= 1 && maxEntries <= mostEntries) return maxEntries
  throw new InvalidOptionError(
    `Expected \`maxEntries\` to be a whole number from 1 to ${mostEntries}, got ${String(maxEntries)}.`,
  )
}

/** Whole weights add up exactly; none is less than its share of both bounds. */
function wholeWeigh(weigh: Weigh, least: number): Weigh {
  return (key, entry) => {
    let weight: unknown
    try {
      weight = weigh(key, entry)
    } catch {
      return Number.NaN
    }
    return typeof weight === 'number' && weight >= 0 ? Math.max(least, Math.ceil(weight)) : Number.NaN
  }
}
