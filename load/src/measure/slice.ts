import { routes, type Route } from '../traffic/catalog.ts'
import { faults, outcomes, type SampleFault, type SampleOutcome, type Samples } from '../engines/samples.ts'

/** Which requests of a run. What is absent chooses all. */
export interface Slice {
  /** Those that were due in `[fromMs, toMs)` of the run. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly outcomes?: readonly SampleOutcome[]
  readonly routes?: readonly Route[]
  readonly faults?: readonly SampleFault[]
}

/** The places of the requests in a slice. */
export function placesOf(samples: Samples, slice: Slice): Uint32Array {
  const from = slice.fromMs ?? Number.NEGATIVE_INFINITY
  const to = slice.toMs ?? Number.POSITIVE_INFINITY
  const isOutcome = membership(outcomes, slice.outcomes)
  const isRoute = membership(routes, slice.routes)
  const isFault = membership(faults, slice.faults)
  const places = new Uint32Array(samples.count)
  let count = 0
  for (let place = 0; place < samples.count; place++) {
    const at = samples.at[place]!
    const isIn =
      at >= from &&
      at < to &&
      isOutcome[samples.outcome[place]!]! &&
      isRoute[samples.route[place]!]! &&
      isFault[samples.fault[place]!]!
    if (isIn) places[count++] = place
  }
  return places.slice(0, count)
}

/** One column of the requests in a slice, ascending. */
export function sortedColumn(
  samples: Samples,
  slice: Slice,
  column: 'latency' | 'service' | 'lag' | 'staleness' | 'overage',
): Float64Array {
  return Float64Array.from(placesOf(samples, slice), (place) => samples[column][place]!).sort()
}

function membership<Name extends string>(names: readonly Name[], chosen: readonly Name[] | undefined): boolean[] {
  return names.map((name) => chosen === undefined || chosen.includes(name))
}
