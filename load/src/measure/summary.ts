import { quantile } from '@holdfast/bench/stats/quantile'
import type { Samples } from '../engines/samples.ts'
import { placesOf, sortedColumn, type Slice } from './slice.ts'

/** Figures over a slice of a run. Times in milliseconds; `NaN` where nothing was measured. */
export interface Summary {
  readonly requests: number
  /** Not answered as they should have been, for whatever reason. */
  readonly failed: number
  readonly hits: number
  readonly misses: number
  /** Hits among the reads that a cache answered or could have; `NaN` without a cache. */
  readonly hitRatio: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Answers that lacked a write which had been acknowledged when they were asked for. */
  readonly staleReads: number
  /** Answers that were older than their ttl. */
  readonly overageReads: number
}

export function summarize(samples: Samples, slice: Slice = {}): Summary {
  const count = (more: Slice): number => placesOf(samples, { ...slice, ...more }).length
  const latency = sortedColumn(samples, slice, 'latency')
  const hits = count({ outcomes: ['hit memory', 'hit redis', 'stale memory', 'stale redis'] })
  const misses = count({ outcomes: ['miss'] })
  return {
    requests: latency.length,
    failed: latency.length - count({ faults: ['none'] }),
    hits,
    misses,
    hitRatio: hits / (hits + misses),
    p50Ms: quantile(latency, 0.5),
    p95Ms: quantile(latency, 0.95),
    p99Ms: quantile(latency, 0.99),
    maxMs: latency.at(-1) ?? Number.NaN,
    staleReads: above0(sortedColumn(samples, slice, 'staleness')),
    overageReads: above0(sortedColumn(samples, slice, 'overage')),
  }
}

/** From the first request that was sent to the last answer, in milliseconds. */
export function spanOf(samples: Samples): number {
  let end = 0
  for (let place = 0; place < samples.count; place++) end = Math.max(end, samples.at[place]! + samples.latency[place]!)
  return end - (samples.at[0] ?? 0)
}

function above0(sorted: Float64Array): number {
  return sorted.length - sorted.findLastIndex((value) => value <= 0) - 1
}
