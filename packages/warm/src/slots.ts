import PQueue from 'p-queue'
import type { Settings } from './options.ts'
import { whileWanted } from './wanted.ts'

/**
 * The places in which loaders run: at most so many at once, and at most so many begun in any span of time. A place is given back when
 * the loader has really ended, however early its caller gave up: what the database works at is what counts.
 */
export class Slots {
  readonly #queue: PQueue
  readonly #most: number

  constructor({ concurrency, rate }: Settings) {
    this.#queue = new PQueue({
      concurrency,
      ...(rate === undefined ? {} : { intervalCap: rate.loads, interval: rate.perMs, strict: true }),
    })
    this.#most = 2 * concurrency
  }

  /** Resolves when few enough wait: keys are listed no faster than they are loaded. */
  async room(signal: AbortSignal): Promise<void> {
    await whileWanted(this.#queue.onSizeLessThan(this.#most), signal)
  }

  /** Calls it in a place; `hold` is told of every promise that the place must outlive. */
  run<T>(signal: AbortSignal, call: (hold: (loading: Promise<unknown>) => void) => Promise<T>): Promise<T> {
    const called = new Promise<T>((resolve, reject) => {
      const inPlace = async (): Promise<void> => {
        if (signal.aborted) return
        const held: Promise<unknown>[] = []
        await call((loading) => held.push(loading)).then(resolve, reject)
        await Promise.allSettled(held)
      }
      // The signal is not given to the queue: it would give the place to another while the loader still runs.
      this.#queue.add(inPlace).catch(reject)
    })
    return whileWanted(called, signal)
  }

  /** Forgets what waits. Their callers have been told by the signal. */
  forgetWaiting(): void {
    this.#queue.clear()
  }
}
