import { quantile, quantileBounds } from '@holdfast/bench/stats/quantile'
import type { Samples } from '../engines/samples.ts'
import { placesOf, sortedColumn } from '../measure/slice.ts'
import type { Trial } from './search.ts'

/** What users are promised. */
export interface Promise99 {
  /** 99 of 100 requests take less than this, in milliseconds. */
  readonly p99Ms: number
  /** At most this share fails. */
  readonly errors: number
}

/** The generator may be this much of the promise late (p99). */
const tolerableLateness = 0.2

/** The error that the bound of the quantile may have. */
const alpha = 0.05

/**
 * Whether a rate was held from `fromMs` of a run on: by the bound of the p99, by errors, and by the share of requests that were
 * answered at all. A late generator makes latency longer, so a rate that held all the same has held.
 */
export function judgeRate(samples: Samples, promise: Promise99, fromMs: number): Trial {
  const slice = { fromMs }
  const latency = sortedColumn(samples, slice, 'latency')
  const failed = latency.length - placesOf(samples, { ...slice, faults: ['none'] }).length
  const { upper } = quantileBounds(latency, 0.99, alpha)
  if (latency.length > 0 && upper < promise.p99Ms && failed / latency.length <= promise.errors) return 'held'
  const lag = latency.length === 0 ? 0 : quantile(sortedColumn(samples, slice, 'lag'), 0.99)
  return lag > Math.max(5, tolerableLateness * promise.p99Ms) ? 'late' : 'broken'
}
