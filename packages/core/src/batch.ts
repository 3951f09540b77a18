import type { Deadlines, Timed } from './deadline.ts'
import { RemoteTimeoutError } from './errors.ts'

/** One thing that is asked of the remote store: its input, and who hears the result. Settled once, by whichever comes first. */
export interface Asked<I, R> {
  readonly input: I
  readonly deadlineAt: number
  settled: boolean
  answered(result: R): void
  failed(error: unknown): void
}

/** The calls of one batch may end this much apart, in milliseconds, and still share one timer. */
const sharedTimerMs = 2

/**
 * Joins what is asked in one tick into one call (`process.nextTick`). Each item is settled by its own deadline, whatever the
 * call does; the call itself is given the latest.
 */
export class Batcher<I, R> {
  readonly #run: (inputs: readonly I[], deadlineAt: number) => Promise<readonly R[]>
  readonly #deadlines: Deadlines
  #items: Asked<I, R>[] = []

  constructor(deadlines: Deadlines, run: (inputs: readonly I[], deadlineAt: number) => Promise<readonly R[]>) {
    this.#deadlines = deadlines
    this.#run = run
  }

  /** Asks, and resolves or rejects with the outcome. */
  add(input: I, deadlineAt: number): Promise<R> {
    return new Promise((resolve, reject) => {
      this.ask({ input, deadlineAt, settled: false, answered: resolve, failed: reject })
    })
  }

  ask(item: Asked<I, R>): void {
    if (this.#items.length === 0) process.nextTick(() => this.#flush())
    this.#items.push(item)
  }

  #flush(): void {
    const items = this.#items
    this.#items = []
    const inputs: I[] = []
    let deadlineAt = 0
    for (const item of items) {
      inputs.push(item.input)
      if (item.deadlineAt > deadlineAt) deadlineAt = item.deadlineAt
    }
    const timed = this.#bound(items, deadlineAt)
    this.#call(inputs, deadlineAt).then(
      (results) => {
        this.#deadlines.settle(timed)
        for (let i = 0; i < items.length; i++) {
          const item = items[i]!
          if (item.settled) continue
          item.settled = true
          item.answered(results[i]!)
        }
      },
      (error: unknown) => {
        this.#deadlines.settle(timed)
        fail(items, error)
      },
    )
  }

  #bound(items: readonly Asked<I, R>[], deadlineAt: number): Timed {
    for (const item of items) {
      if (item.deadlineAt > deadlineAt - sharedTimerMs) continue
      this.#deadlines.add({ deadlineAt: item.deadlineAt, settled: false, expire: () => fail([item], timedOut()) })
    }
    const timed: Timed = { deadlineAt, settled: false, expire: () => fail(items, timedOut()) }
    this.#deadlines.add(timed)
    return timed
  }

  // A store that throws instead of rejecting is a rejection like any other.
  async #call(inputs: readonly I[], deadlineAt: number): Promise<readonly R[]> {
    const results = await this.#run(inputs, deadlineAt)
    if (results.length === inputs.length) return results
    throw new RangeError(`The remote store answered ${results.length} of ${inputs.length} items.`)
  }
}

function fail(items: readonly Pick<Asked<unknown, unknown>, 'settled' | 'failed'>[], error: unknown): void {
  for (const item of items) {
    if (item.settled) continue
    item.settled = true
    item.failed(error)
  }
}

function timedOut(): RemoteTimeoutError {
  return new RemoteTimeoutError('The remote store did not answer before the deadline.')
}
