import type { Clock } from '@holdfast/core'
import { EventEmitter } from 'node:events'
import CircuitBreaker from 'opossum'

import type { ParsedBreakerOptions } from './options.ts'

const buckets = 10
/** opossum would let a user's call probe when this is over: the longest that a timer can wait. */
const never = 2 ** 31 - 1

/** The rolling window of a circuit; its types lack the method by which the circuit itself counts. */
interface Window {
  increment(property: 'fires' | 'successes'): void
}

/**
 * How much one kind of calls may fail in a window of time: a circuit of opossum, which counts and decides: calls are counted as they end. Its
 * window moves then, by the cache's clock, and so needs no timer.
 */
export class Budget {
  readonly #circuit: CircuitBreaker<[unknown]>
  readonly #window = new EventEmitter()
  readonly #bucketMs: number
  readonly #clock: Clock
  #bucketEndsAt: number

  /**
   * @param isFailure whether an error counts
   * @param exhausted told when too much has failed
   */
  constructor(options: ParsedBreakerOptions, isFailure: (error: unknown) => boolean, exhausted: () => void) {
    this.#clock = options.clock
    this.#bucketMs = options.windowMs / buckets
    this.#bucketEndsAt = options.clock.now() + this.#bucketMs
    this.#circuit = new CircuitBreaker(failWith, {
      timeout: false,
      resetTimeout: never,
      // opossum opens above its threshold, we at it.
      errorThresholdPercentage: options.errorThreshold * 100 - 1e-9,
      volumeThreshold: options.volumeThreshold,
      rollingCountTimeout: options.windowMs,
      rollingCountBuckets: buckets,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#window,
      errorFilter: (error: unknown) => !isFailure(error),
    })
    this.#circuit.on('open', exhausted)
  }

  /** A call was answered. Told to the window alone: to fire the circuit for it costs more than the call. */
  succeeded(): void {
    this.#move()
    const status = this.#circuit.status as unknown as Window
    status.increment('fires')
    status.increment('successes')
  }

  /** A call has failed, or so it seems: resolves when the circuit has looked at the error, counted it, and perhaps opened. */
  async failed(cause: unknown): Promise<void> {
    this.#move()
    await this.#circuit.fire(cause).catch(() => undefined)
  }

  open(): void {
    this.#circuit.open()
  }

  /** Closes it with an empty window: what failed before says nothing of now. */
  close(): void {
    this.#rotate(buckets)
    this.#circuit.close()
  }

  shutdown(): void {
    this.#circuit.shutdown()
  }

  #move(): void {
    const now = this.#clock.now()
    if (now >= this.#bucketEndsAt) this.#rotate(1 + Math.floor((now - this.#bucketEndsAt) / this.#bucketMs))
  }

  #rotate(times: number): void {
    for (let i = 0; i < Math.min(times, buckets); i++) this.#window.emit('rotate')
    this.#bucketEndsAt = this.#clock.now() + this.#bucketMs
  }
}

async function failWith(error: unknown): Promise<never> {
  throw error
}
