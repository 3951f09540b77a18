import type { Reading } from '../app/meters.ts'
import { faults, type SampleOutcome, type Samples } from '../engines/samples.ts'
import { placesOf, sortedColumn, type Slice } from '../measure/slice.ts'
import type { Metric } from '../verdict/metric.ts'

export const hitOutcomes: readonly SampleOutcome[] = ['hit memory', 'hit redis', 'stale memory', 'stale redis']

/** A part of a whole, both counted. */
export type Share = Extract<Metric, { readonly kind: 'share' }>

/** Hits among the reads that were answered. */
export function hitRatioOf(samples: Samples, slice: Slice = {}): Share {
  const hits = placesOf(samples, { ...slice, outcomes: hitOutcomes }).length
  const others = placesOf(samples, { ...slice, outcomes: ['miss', 'bypass'] }).length
  return { kind: 'share', part: hits, of: hits + others }
}

/** Requests that were not answered as they should have been. */
export function errorsOf(samples: Samples | readonly Samples[], slice: Slice = {}): Metric {
  const runs = runsOf(samples)
  const count = (more: Slice): number => runs.reduce((sum, run) => sum + placesOf(run, { ...slice, ...more }).length, 0)
  return { kind: 'share', part: count({}) - count({ faults: ['none'] }), of: count({}) }
}

/** What went wrong, by kind, as sentences. */
export function failuresOf(samples: Samples): readonly string[] {
  const kinds = new Map<string, number>()
  for (const place of placesOf(samples, {})) {
    const fault = faults[samples.fault[place]!]!
    if (fault === 'none') continue
    const kind = fault === 'status' ? `status ${samples.status[place]}` : fault
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return [...kinds].map(([kind, count]) => `${count} requests failed: ${kind}.`)
}

/** Answers to another's question. */
export function wrongKeysOf(samples: Samples | readonly Samples[]): Metric {
  const counts = runsOf(samples).map((run) => placesOf(run, { faults: ['wrong key'] }).length)
  return { kind: 'count', value: counts.reduce((sum, count) => sum + count, 0) }
}

/** How long a write had been acknowledged that an answer did not show; 0 for those that showed all. */
export function stalenessOf(samples: Samples | readonly Samples[], slice: Slice = {}): Metric {
  const ages = runsOf(samples).flatMap((run) => [...sortedColumn(run, { ...slice, faults: ['none'] }, 'staleness')])
  return { kind: 'ages', sorted: Float64Array.from(ages).sort() }
}

/** How much older than its ttl an answer was; 0 for those that were not. */
export function overageOf(samples: Samples): Metric {
  return { kind: 'ages', sorted: sortedColumn(samples, { faults: ['none'] }, 'overage') }
}

export function latencyOf(samples: Samples, slice: Slice = {}): Metric {
  return { kind: 'times', sorted: sortedColumn(samples, slice, 'latency') }
}

/** Statements that the database ran between two readings. */
export function queriesBetween(before: Reading, after: Reading): number {
  return after.database.reads + after.database.writes - before.database.reads - before.database.writes
}

function runsOf(samples: Samples | readonly Samples[]): readonly Samples[] {
  return 'count' in samples ? [samples] : samples
}
