import type { Timed } from '@holdfast/core'

/** A call of the store that somebody waits for. Ended once: by the store's answer, by its deadline, or by its release. */
export class PendingCall implements Timed {
  readonly name: string
  readonly isWrite: boolean
  readonly deadlineAt: number
  readonly promise: Promise<unknown>
  settled = false
  readonly #expired: (call: PendingCall) => void
  #resolve!: (answer: unknown) => void
  #reject!: (error: unknown) => void

  constructor(name: string, isWrite: boolean, deadlineAt: number, expired: (call: PendingCall) => void) {
    this.name = name
    this.isWrite = isWrite
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
