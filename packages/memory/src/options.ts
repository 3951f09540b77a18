import { InvalidOptionError, parseByteSize, systemClock, type ByteSize, type Clock, type Entry } from '@holdfast/core'
import { estimateBytes } from './estimate-bytes.ts'

/** The bytes that an entry counts for. */
export type Weigh = (key: string, entry: Entry) => number

/** What a memory store keeps, and how it counts. */
export interface MemoryStoreOptions {
  /**
   * The most entries it ever holds.
   *
   * @default 10 000 when `maxBytes` is absent too, otherwise unbounded
   * @throws {InvalidOptionError} when it is not a whole number from 1 to 2²⁴ (16 777 216, what a `Map` can hold)
   */
  readonly maxEntries?: number
  /**
   * The most bytes it ever holds, as `weigh` counts them: a number, or `'64mb'`.
   *
   * @default unbounded
   * @throws {InvalidOptionError} when it is not a positive size
   */
  readonly maxBytes?: ByteSize
  /**
   * Counts the bytes of an entry. Called once per `set`. What is not a positive finite number refuses the entry, so that
   * a wrong weight never breaks the bound.
   *
   * @default an estimate of what the entry takes on the heap; called only with `maxBytes`
   */
  readonly weigh?: Weigh
  /** The time in which entries expire: the cache's clock. @default the system's */
  readonly clock?: Clock
}

/** Options with their defaults. */
export interface ParsedOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly weigh: Weigh
  readonly clock: Clock
}

/** How many entries a `Map` can hold. */
const mostEntries = 2 ** 24

export function parseOptions(options: MemoryStoreOptions): ParsedOptions {
  const { maxEntries, maxBytes, weigh = estimateBytes, clock = systemClock } = options
  if (maxEntries !== undefined && !(Number.isInteger(maxEntries) && maxEntries >= 1 && maxEntries <= mostEntries)) {
    throw new InvalidOptionError(
      `Expected \`maxEntries\` to be a whole number from 1 to ${mostEntries}, got ${String(maxEntries)}.`,
    )
  }
  if (typeof weigh !== 'function')
    throw new InvalidOptionError(`Expected \`weigh\` to be a function, got ${typeof weigh}.`)
  return {
    maxEntries: maxEntries ?? (maxBytes === undefined ? 10_000 : mostEntries),
    maxBytes: maxBytes === undefined ? Number.POSITIVE_INFINITY : parseByteSize('maxBytes', maxBytes),
    weigh,
    clock,
  }
}
