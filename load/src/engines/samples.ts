import { routes, type Route } from '../traffic/catalog.ts'

/** How an answer came about; `none`: there was no answer, or it did not say. */
export const outcomes = ['none', 'hit memory', 'hit redis', 'stale memory', 'stale redis', 'miss', 'bypass'] as const
export type SampleOutcome = (typeof outcomes)[number]

/**
 * What was wrong with a request. `status`: answered with 4xx or 5xx. `wrong key`: with another's answer. `dropped`: not sent, since
 * every connection was taken.
 */
export const faults = ['none', 'status', 'timeout', 'connection', 'wrong key', 'dropped'] as const
export type SampleFault = (typeof faults)[number]

/**
 * Every request of a run, in columns, in the order in which they were due. All times in milliseconds, `at` since the run began.
 * Kept whole: quantiles are exact, and any slice of time, route or outcome can be looked at afterwards.
 */
export interface Samples {
  readonly count: number
  /** When it was due. */
  readonly at: Float64Array
  /** How much later it was sent: the generator's own fault, when it is much. */
  readonly lag: Float32Array
  /** From when it was due to the end of the answer: what a user waits. */
  readonly latency: Float32Array
  /** From sending to the end of the answer. */
  readonly service: Float32Array
  /** What the database took of it, as the API says; for those who shared a load, the whole load. */
  readonly load: Float32Array
  readonly status: Uint16Array
  readonly route: Uint8Array
  readonly outcome: Uint8Array
  readonly fault: Uint8Array
  /** How long before it was sent the write had been acknowledged that it does not show; 0 when it shows all. */
  readonly staleness: Float32Array
  /** How much older than its ttl it was; 0 when it was not. */
  readonly overage: Float32Array
}

/** One request. */
export interface Sample {
  readonly at: number
  readonly lag: number
  readonly latency: number
  readonly service: number
  readonly load: number
  readonly status: number
  readonly route: Route
  readonly outcome: SampleOutcome
  readonly fault: SampleFault
  readonly staleness: number
  readonly overage: number
}

/** Room for the requests of a run; each is written once, at its place. */
export class SampleSheet {
  readonly samples: Samples

  constructor(count: number) {
    this.samples = {
      count,
      at: new Float64Array(count),
      lag: new Float32Array(count),
      latency: new Float32Array(count),
      service: new Float32Array(count),
      load: new Float32Array(count),
      status: new Uint16Array(count),
      route: new Uint8Array(count),
      outcome: new Uint8Array(count),
      fault: new Uint8Array(count),
      staleness: new Float32Array(count),
      overage: new Float32Array(count),
    }
  }

  write(place: number, sample: Sample): void {
    const columns = this.samples
    columns.at[place] = sample.at
    columns.lag[place] = sample.lag
    columns.latency[place] = sample.latency
    columns.service[place] = sample.service
    columns.load[place] = sample.load
    columns.status[place] = sample.status
    columns.route[place] = routes.indexOf(sample.route)
    columns.outcome[place] = outcomes.indexOf(sample.outcome)
    columns.fault[place] = faults.indexOf(sample.fault)
    columns.staleness[place] = sample.staleness
    columns.overage[place] = sample.overage
  }
}
