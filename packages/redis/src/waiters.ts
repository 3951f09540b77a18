import type { Deadlines, Timed } from '@holdfast/core'
import type { Session } from './session.ts'

/** One who waits for a session. */
interface Waiter extends Timed {
  readonly resolve: (session: Session) => void
  readonly reject: (error: Error) => void
}

/** All who wait for a session to open, each until its deadline. */
export class Waiters {
  readonly #deadlines: Deadlines
  #waiting: Waiter[] = []

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines
  }

  /** @param late makes the error for who has waited until its deadline */
  add(deadlineAt: number, late: () => Error): Promise<Session> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { deadlineAt, settled: false, resolve, reject, expire: () => reject(late()) }
      this.#waiting.push(waiter)
      this.#deadlines.add(waiter)
    })
  }

  admit(session: Session): void {
    this.#settle((waiter) => waiter.resolve(session))
  }

  turnAway(error: Error): void {
    this.#settle((waiter) => waiter.reject(error))
  }

  #settle(end: (waiter: Waiter) => void): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const waiter of waiting) {
      if (waiter.settled) continue
      this.#deadlines.settle(waiter)
      end(waiter)
    }
  }
}
