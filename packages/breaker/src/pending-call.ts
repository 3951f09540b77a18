import type { Timed } from '@holdfast/core'

import type { Budget } from './budget.ts'

/** A call of the store that somebody waits for. Ended once: by the store's answer, by its deadline, or by its release. */
export class PendingCall implements Timed {
  readonly name: string
  readonly deadlineAt: number
  readonly promise: Promise<unknown>
  /** What its end is counted in; `undefined` for a probe. */
  readonly budget: Budget | undefined
  settled = false
  /** Where it stands among the waiting. */
  place = -1
  readonly #expired: (call: PendingCall) => void
  #resolve!: (answer: unknown) => void
  #reject!: (error: unknown) => void

  constructor(name: string, deadlineAt: number, budget: Budget | undefined, expired: (call: PendingCall) => void) {
    this.name = name
    this.deadlineAt = deadlineAt
    this.budget = budget
    this.#expired = expired
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  expire(): void {
    this.#expired(this)
  }

  answer(answer: unknown): void {
    this.#resolve(answer)
  }

  fail(error: unknown): void {
    this.#reject(error)
  }
}
