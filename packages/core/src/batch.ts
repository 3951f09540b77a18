import type { Deadlines, Timed } from './deadline.ts'
import { show } from './duration.ts'
import { RemoteTimeoutError } from './errors.ts'

/** One thing that is asked of the remote store: its input, and who hears the result. Settled once, by whichever comes first. */
export interface Asked<I, R> {
  readonly input: I
  readonly deadlineAt: number
  settled: boolean
  /** @param now the instant, read once for all that were asked together */
  answered(result: R, now: number): void
  failed(error: unknown): void
}

/** The calls of one batch may end this much apart, in milliseconds, and still share one timer. */
const sharedTimerMs = 2

/**
 * Joins what is asked in one tick into one call (`process.nextTick`). Each item is settled by its own deadline, whatever the
 * call does; the call itself is given the latest.
 */
export class Batcher<I, R> {
  // Rejects, and never throws.
  readonly #run: (inputs: readonly I[], deadlineAt: number) => Promise<readonly R[]>
  readonly #deadlines: Deadlines
  readonly #told: (error: unknown) => void
  readonly #partOf: ((input: I) => string | undefined) | undefined
  #items: Asked<I, R>[] = []

  /**
   * @param told hears of a call that failed or was not answered in time, once
   * @param partOf what fails alone is asked in a call of its own
   */
  constructor(
    deadlines: Deadlines,
    run: (inputs: readonly I[], deadlineAt: number) => Promise<readonly R[]>,
    told: (error: unknown) => void,
    partOf?: (input: I) => string | undefined,
  ) {
    this.#deadlines = deadlines
    this.#run = run
    this.#told = told
    this.#partOf = partOf
  }

  /** Asks, and resolves or rejects with the outcome. */
  add(input: I, deadlineAt: number): Promise<R> {
    return new Promise((resolve, reject) => {
      this.ask({ input, deadlineAt, settled: false, answered: resolve, failed: reject })
    })
  }

  /** Asks for several at once, and resolves with all results, or rejects with the first failure. */
  addAll(inputs: readonly I[], deadlineAt: number): Promise<readonly R[]> {
    if (inputs.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const group: Group<R> = { results: [], missing: inputs.length, resolve, reject }
      for (const [index, input] of inputs.entries()) this.ask(new Member(group, index, input, deadlineAt))
    })
  }

  ask(item: Asked<I, R>): void {
    if (this.#items.length === 0) process.nextTick(() => this.#flush())
    this.#items.push(item)
  }

  #flush(): void {
    const items = this.#items
    this.#items = []
    const partOf = this.#partOf
    if (partOf === undefined || items.length === 1) return this.#call(items)
    for (const part of Map.groupBy(items, ({ input }) => partOf(input)).values()) this.#call(part)
  }

  #call(items: readonly Asked<I, R>[]): void {
    const inputs: I[] = []
    let deadlineAt = 0
    for (const item of items) {
      inputs.push(item.input)
      if (item.deadlineAt > deadlineAt) deadlineAt = item.deadlineAt
    }
    const bound = this.#bound(items, deadlineAt)
    const failed = (error: unknown): void => {
      if (bound.hasExpired) return
      this.#settle(bound)
      fail(items, error)
      this.#told(error)
    }
    this.#run(inputs, deadlineAt).then((results) => {
      // Stores of others may resolve with anything.
      if (!Array.isArray(results) || results.length !== items.length) return failed(wrongAnswer(results, items.length))
      if (bound.hasExpired) return
      this.#settle(bound)
      const now = this.#deadlines.now()
      for (let i = 0; i < items.length; i++) {
        const item = items[i]!
        if (item.settled) continue
        item.settled = true
        try {
          item.answered(results[i] as R, now)
        } catch (error) {
          this.#told(error)
        }
      }
    }, failed)
  }

  #settle(bound: Bound): void {
    this.#deadlines.settle(bound)
    bound.items = none
  }

  #bound(items: readonly Asked<I, R>[], deadlineAt: number): Bound {
    for (const item of items) {
      if (item.deadlineAt <= deadlineAt - sharedTimerMs) this.#deadlines.add(new Bound([item], item.deadlineAt))
    }
    const bound = new Bound(items, deadlineAt, this.#told)
    this.#deadlines.add(bound)
    return bound
  }
}

interface Group<R> {
  readonly results: R[]
  missing: number
  readonly resolve: (results: readonly R[]) => void
  readonly reject: (error: unknown) => void
}

/** One of several that are asked together. */
class Member<I, R> implements Asked<I, R> {
  readonly input: I
  readonly deadlineAt: number
  settled = false
  readonly #group: Group<R>
  readonly #index: number

  constructor(group: Group<R>, index: number, input: I, deadlineAt: number) {
    this.#group = group
    this.#index = index
    this.input = input
    this.deadlineAt = deadlineAt
  }

  answered(result: R): void {
    const group = this.#group
    group.results[this.#index] = result
    group.missing--
    if (group.missing === 0) group.resolve(group.results)
  }

  failed(error: unknown): void {
    this.#group.reject(error)
  }
}

/** The deadline of some items. Lets go of them once they are settled: the timer may be far away. */
class Bound implements Timed {
  items: readonly Settleable[]
  readonly deadlineAt: number
  settled = false
  hasExpired = false
  readonly #told: ((error: unknown) => void) | undefined

  constructor(items: readonly Settleable[], deadlineAt: number, told?: (error: unknown) => void) {
    this.items = items
    this.deadlineAt = deadlineAt
    this.#told = told
  }

  expire(): void {
    this.hasExpired = true
    const error = new RemoteTimeoutError('The remote store did not answer before the deadline.')
    fail(this.items, error)
    this.#told?.(error)
  }
}

type Settleable = Pick<Asked<unknown, unknown>, 'settled' | 'failed'>

const none: readonly never[] = []

function fail(items: readonly Settleable[], error: unknown): void {
  for (const item of items) {
    if (item.settled) continue
    item.settled = true
    item.failed(error)
  }
}

function wrongAnswer(results: unknown, expected: number): RangeError {
  const answered = Array.isArray(results) ? `${results.length} of ${expected} items` : show(results)
  return new RangeError(`The remote store answered ${answered}.`)
}
