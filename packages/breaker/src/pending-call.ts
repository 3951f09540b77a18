import type { Timed } from '@holdfast/core'

import type { Budget } from './budget.ts'

/** What a call is. */
export interface CallKind {
  readonly name: string
  readonly isWrite: boolean
  /** What its end is counted in; absent for a probe. */
  readonly budget?: Budget
}

/** A call of the store that somebody waits for. Ended once: by the store's answer, by its deadline, or by its release. */
export class PendingCall implements Timed {
  readonly kind: CallKind
  readonly deadlineAt: number
  readonly promise: Promise<unknown>
  settled = false
  /** Where it stands among the waiting. */
  place = -1
  readonly #expired: (call: PendingCall) => void
  #resolve!: (answer: unknown) => void
  #reject!: (error: unknown) => void

  constructor(kind: CallKind, deadlineAt: number, expired: (call: PendingCall) => void) {
    this.kind = kind
    this.deadlineAt = deadlineAt
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
