import { quantile } from '@holdfast/bench/stats/quantile'
import { outcomes, type SampleOutcome, type Samples } from '../engines/samples.ts'

/** A stretch of a run. Times in milliseconds; `null` where there was no request. */
export interface Bin {
  /** Its beginning, since the run began. */
  readonly atMs: number
  readonly requests: number
  readonly failed: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly hitRatio: number | null
}

/** A run as stretches of equal length, by when requests were due. */
export function timelineOf(samples: Samples, binMs: number): readonly Bin[] {
  const bins = new Map<number, number[]>()
  let last = -1
  for (let place = 0; place < samples.count; place++) {
    const bin = Math.floor(samples.at[place]! / binMs)
    const places = bins.get(bin) ?? []
    bins.set(bin, places)
    places.push(place)
    last = Math.max(last, bin)
  }
  return Array.from({ length: last + 1 }, (_, bin) => binOf(samples, bin * binMs, bins.get(bin) ?? []))
}

function binOf(samples: Samples, atMs: number, places: readonly number[]): Bin {
  const latency = Float64Array.from(places, (place) => samples.latency[place]!).sort()
  const count = (...names: readonly SampleOutcome[]): number =>
    places.filter((place) => names.includes(outcomes[samples.outcome[place]!]!)).length
  const hits = count('hit memory', 'hit redis', 'stale memory', 'stale redis')
  const reads = hits + count('miss', 'bypass')
  const at = (q: number): number | null => (latency.length === 0 ? null : quantile(latency, q))
  return {
    atMs,
    requests: places.length,
    failed: places.filter((place) => samples.fault[place] !== 0).length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    hitRatio: reads === 0 ? null : hits / reads,
  }
}
