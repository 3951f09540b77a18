import type { Clock } from '@holdfast/core'
import { EventEmitter } from 'node:events'
import CircuitBreaker from 'opossum'

import type { ParsedBreakerOptions } from './options.ts'

const buckets = 10
/** opossum would let a user's call probe when this is over: the longest that a timer can wait. */
const never = 2 ** 31 - 1

/**
 * How much one kind of calls may fail in a window of time: a circuit of opossum, which counts and decides. Its window moves
 * when a call comes, by the cache's clock, and so needs no timer.
 */
export class Budget {
  readonly #circuit: CircuitBreaker<[() => Promise<unknown>]>
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
    this.#circuit = new CircuitBreaker((run) => run(), {
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

  fire(run: () => Promise<unknown>): Promise<unknown> {
    const now = this.#clock.now()
    if (now >= this.#bucketEndsAt) this.#rotate(1 + Math.floor((now - this.#bucketEndsAt) / this.#bucketMs))
    return this.#circuit.fire(run)
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

  #rotate(times: number): void {
    for (let i = 0; i < Math.min(times, buckets); i++) this.#window.emit('rotate')
    this.#bucketEndsAt = this.#clock.now() + this.#bucketMs
  }
}
