import type { Clock } from './contracts.ts'
import { RemoteTimeoutError } from './errors.ts'
import { Histogram, type HistogramSummary } from './histogram.ts'

/** What became of the calls of one method of the remote store. A batch is one call. */
export interface CallSummary extends HistogramSummary {
  /** Calls (among `count`) that were not answered before their deadline; they count with the time they were waited for. */
  readonly timeouts: number
  /** Calls that failed otherwise, or were refused because the store could not be used; not among `count`. */
  readonly failures: number
}

/** The calls of the remote store, timed and counted by method. */
export class RemoteCalls {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #meters = new Map<string, Meter>()

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  answered(operation: string, startedAt: number, deadlineAt: number): void {
    const now = this.#clock.now()
    // One that comes later has been told as a time-out.
    if (now < deadlineAt) this.#meter(operation).latency.record(now - startedAt)
  }

  failed(operation: string, cause: unknown): void {
    const meter = this.#meter(operation)
    if (!(cause instanceof RemoteTimeoutError)) {
      meter.failures++
      return
    }
    meter.timeouts++
    meter.latency.record(this.#timeoutMs)
  }

  summary(): Readonly<Record<string, CallSummary>> {
    const summaries = Array.from(
      this.#meters,
      ([operation, { latency, timeouts, failures }]) =>
        [operation, { ...latency.summary(), timeouts, failures }] as const,
    )
    return Object.fromEntries(summaries)
  }

  #meter(operation: string): Meter {
    const known = this.#meters.get(operation)
    if (known !== undefined) return known
    const meter = { latency: new Histogram(), timeouts: 0, failures: 0 }
    this.#meters.set(operation, meter)
    return meter
  }
}

interface Meter {
  readonly latency: Histogram
  timeouts: number
  failures: number
}
