import type { Counts } from '../engine/counts.ts'

/** How much slower is a regression, and how much is shown to be absent by a pass, for the two estimators. */
export const timing = {
  /** x: processor time of the fastest half of the slices. */
  centre: { tolerance: 0.05, detect: 0.2 },
  /** y: wall time of all slices, with their tails. It only ever fails; it never holds up a pass. */
  tails: { tolerance: 0.15 },
} as const

/** What a pull request's gate looks at: one bench for each path through the code, so that it ends in minutes. */
export const everyday: readonly string[] = [
  'memory.get',
  'memory.getOrSet',
  'memory.getMany100',
  'memory.set',
  'memory.store10k',
  'memory.storeMiss',
  'redis.get',
  'redis.get64',
  'redis.getMany100',
  'redis.set',
  'redis.setMany100',
  'tiered.getOrSet',
  'tiered.fill',
  'serialize.encode',
  'serialize.decode',
  'serialize.small',
  'stampede.load',
  'tags.getOrSet',
  'tags.invalidate',
]

/** A side that has thrown in so many processes cannot do it. One on a starved machine throws now and then: that process has no say. */
export const mostIncidents = 3

export const defaults = { looks: [15, 24, 36], alpha: 0.01, beta: 0.01, slices: 30, warmMs: 100, sliceMs: 5 } as const

/** What may be counted, and how much more of it is no regression: a share of what the base has, so much, and so much in a whole count. */
export interface CountRule {
  readonly field: Exclude<keyof Counts, 'commands' | 'operations'>
  readonly title: string
  readonly share: number
  readonly absolute: number
  readonly perCount: number
}

export const countRules: readonly CountRule[] = [
  // A heartbeat may fall into all repeats of a count: one command, some bytes.
  { field: 'commandsInAll', title: 'Redis commands per operation', share: 0, absolute: 0, perCount: 1.5 },
  { field: 'loads', title: 'loader calls per operation', share: 0, absolute: 0, perCount: 0.5 },
  { field: 'queries', title: 'database queries per operation', share: 0, absolute: 0, perCount: 0.5 },
  { field: 'bytesOnWire', title: 'bytes on the wire per operation', share: 0.02, absolute: 1, perCount: 200 },
  { field: 'allocated', title: 'bytes allocated per operation', share: 0.05, absolute: 8, perCount: 0 },
]

/** The benches that the machine must get right, or nothing is believed: a synchronous, an asynchronous and a Redis one. */
export const sentinelCases = ['memory.store10k', 'memory.getOrSet', 'redis.get'] as const

/** The slowdown that the sentinels inject, and must see. */
export const sentinelInflation = 1.2
