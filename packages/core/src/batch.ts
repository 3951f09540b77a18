import type { Deadlines, Timed } from './deadline.ts'
import { RemoteTimeoutError } from './errors.ts'

class Item<I, R> implements Timed {
  readonly input: I
  readonly deadlineAt: number
  readonly resolve: (result: R) => void
  readonly reject: (error: unknown) => void
  settled = false

  constructor(input: I, deadlineAt: number, resolve: (result: R) => void, reject: (error: unknown) => void) {
    this.input = input
    this.deadlineAt = deadlineAt
    this.resolve = resolve
    this.reject = reject
  }

  expire(): void {
    this.reject(new RemoteTimeoutError('The remote store did not answer before the deadline.'))
  }
}

/**
 * Joins what is asked in one tick into one call (`process.nextTick`). Each item keeps its own deadline and is rejected by it,
 * whatever the call does; the call itself is given the latest.
 */
export class Batcher<I, R> {
  readonly #run: (inputs: readonly I[], deadlineAt: number) => Promise<readonly R[]>
  readonly #deadlines: Deadlines
  #items: Item<I, R>[] = []

  constructor(deadlines: Deadlines, run: (inputs: readonly I[], deadlineAt: number) => Promise<readonly R[]>) {
    this.#deadlines = deadlines
    this.#run = run
  }

  add(input: I, deadlineAt: number): Promise<R> {
    return new Promise((resolve, reject) => {
      if (this.#items.length === 0) process.nextTick(() => this.#flush())
      const item = new Item(input, deadlineAt, resolve, reject)
      this.#items.push(item)
      this.#deadlines.add(item)
    })
  }

  #flush(): void {
    const items = this.#items
    this.#items = []
    let deadlineAt = 0
    for (const item of items) deadlineAt = Math.max(deadlineAt, item.deadlineAt)
    this.#call(items, deadlineAt).then(
      (results) => {
        for (let i = 0; i < items.length; i++) {
          const item = items[i]!
          if (item.settled) continue
          this.#deadlines.settle(item)
          item.resolve(results[i]!)
        }
      },
      (error: unknown) => {
        for (const item of items) {
          if (item.settled) continue
          this.#deadlines.settle(item)
          item.reject(error)
        }
      },
    )
  }

  // A store that throws instead of rejecting is a rejection like any other.
  async #call(items: readonly Item<I, R>[], deadlineAt: number): Promise<readonly R[]> {
    const results = await this.#run(
      items.map((item) => item.input),
      deadlineAt,
    )
    if (results.length !== items.length)
      throw new RangeError(`The remote store answered ${results.length} of ${items.length} items.`)
    return results
  }
}
