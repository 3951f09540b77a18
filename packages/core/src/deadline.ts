import type { Clock } from './contracts.ts'

/** Something that ends at an instant unless it settles first. */
export interface Timed {
  readonly deadlineAt: number
  /** Whether it has settled; asked when the deadline strikes. Set through {@link Deadlines.settle}, or at once before `add`. */
  settled: boolean
  /** Called once, when the deadline struck and it had not settled. */
  expire(): void
}

/** A timer that fires later than this was held up by the process's own event loop. */
const stalledMs = 10

/**
 * Deadlines of many calls on one timer: adding one costs a push, settling in time next to nothing.
 *
 * A deadline that strikes late, because this process's event loop stood still, lets the input that already
 * waits be handled before it counts: an answer that had arrived is no time-out.
 */
export class Deadlines {
  readonly #clock: Clock
  #waiting: Timed[] = []
  #timer: unknown
  #firesAt = Number.POSITIVE_INFINITY
  #settled = 0
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  add(timed: Timed): void {
    if (this.#isClosed) {
      timed.settled = true
      return timed.expire()
    }
    this.#waiting.push(timed)
    if (timed.deadlineAt < this.#firesAt) this.#arm(timed.deadlineAt)
  }

  /** Settled in time. What is settled is let go of before its deadline, so that long deadlines retain little. */
  settle(timed: Timed): void {
    if (timed.settled) return
    timed.settled = true
    this.#settled++
    if (this.#settled < 64 || this.#settled * 2 < this.#waiting.length) return
    this.#waiting = this.#waiting.filter((other) => !other.settled)
    this.#settled = 0
    if (this.#waiting.length === 0) this.#disarm()
  }

  /** Ends all of them now, whatever their deadline. */
  expireAll(): void {
    const waiting = this.#waiting
    this.clear()
    for (const timed of waiting) {
      if (timed.settled) continue
      timed.settled = true
      timed.expire()
    }
  }

  /** Ends all of them, and from now on each as it comes: no timer is left. */
  close(): void {
    this.#isClosed = true
    this.expireAll()
  }

  /** Forgets all of them without calling any. */
  clear(): void {
    this.#waiting = []
    this.#settled = 0
    this.#disarm()
  }

  #arm(at: number): void {
    this.#disarm()
    this.#firesAt = at
    this.#timer = this.#clock.setTimer(() => this.#strike(at), Math.max(0, Math.ceil(at - this.#clock.now())))
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer)
    this.#timer = undefined
    this.#firesAt = Number.POSITIVE_INFINITY
  }

  #strike(at: number): void {
    this.#timer = undefined
    const now = this.#clock.now()
    if (now - at <= stalledMs) return this.#sweep(now)
    this.#clock.afterInput(() => this.#sweep(now))
  }

  #sweep(now: number): void {
    this.#disarm()
    const expired: Timed[] = []
    const waiting: Timed[] = []
    let next = Number.POSITIVE_INFINITY
    for (const timed of this.#waiting) {
      if (timed.settled) continue
      if (timed.deadlineAt <= now) expired.push(timed)
      else {
        waiting.push(timed)
        next = Math.min(next, timed.deadlineAt)
      }
    }
    this.#waiting = waiting
    this.#settled = 0
    if (next < Number.POSITIVE_INFINITY) this.#arm(next)
    for (const timed of expired) {
      if (timed.settled) continue
      timed.settled = true
      timed.expire()
    }
  }
}
