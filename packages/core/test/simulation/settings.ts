import type { SeededRandom } from './seeded-random.ts'

/** What a seed decides about its world, besides the order of things. Lengths in milliseconds. */
export interface Settings {
  readonly processes: number
  readonly keys: readonly string[]
  readonly ttlMs: number
  readonly graceMs: number
  /** The slowest way to the server or back. */
  readonly wireMs: number
  /** The slowest announcement. */
  readonly announcementMs: number
  /** The slowest half of a query. */
  readonly queryMs: number
  /** How many of the reads are content with a stale value, from 0 to 1. */
  readonly patience: number
  /** Commands overtake each other, as on several connections. */
  readonly isPooled: boolean
  /** When the tags of a value are known: before the load, from the value, or while it is loaded. */
  readonly tagsFrom: 'options' | 'value' | 'loader'
  readonly hasFaults: boolean
  /** Some writes make entries stale and do not invalidate them. */
  readonly hasExpiry: boolean
  readonly hasNamespace: boolean
  readonly isMemorySmall: boolean
  /** Calls of each process. */
  readonly calls: number
  /** In which they begin. */
  readonly spanMs: number
}

export const maxStalenessMs = 90
export const heartbeatMs = 30
export const remoteTimeoutMs = 40

export function chooseSettings(random: SeededRandom): Settings {
  return {
    processes: random.between(1, 3),
    keys: ['a', 'b', 'c'].slice(0, random.between(1, 3)),
    ttlMs: random.pick([10_000, 10_000, 40, 20]),
    graceMs: random.pick([0, 10_000]),
    wireMs: random.pick([0, 2, 8, 18]),
    announcementMs: random.pick([0, 5, 20, 200]),
    queryMs: random.pick([2, 10, 25]),
    patience: random.pick([0.2, 0.7]),
    isPooled: random.chance(0.5),
    tagsFrom: random.pick(['options', 'value', 'loader']),
    hasFaults: random.chance(0.5),
    hasExpiry: random.chance(0.3),
    hasNamespace: random.chance(0.2),
    isMemorySmall: random.chance(0.1),
    calls: random.between(4, 16),
    spanMs: random.pick([40, 150]),
  }
}
