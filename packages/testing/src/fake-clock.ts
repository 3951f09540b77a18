import { setImmediate } from 'node:timers/promises'
import type { Clock } from '@holdfast/core'

/** A clock that stands still until the test moves it. */
export interface FakeClock extends Clock {
  /**
   * Moves time on, firing each timer at its instant, earliest first. Before, between and after timers everything that waits for
   * nothing else runs: promises, `process.nextTick`, and what was handed to `afterInput`.
   *
   * @param ms 0 or more; with 0 what is due, and what waits for nothing, runs
   */
  advance(ms: number): Promise<void>
  /** Moves time on while nothing runs, as when the event loop stood still: timers fire late, at the next `advance`. */
  stall(ms: number): void
  /** How many timers wait. 0 at the end of a test that leaves nothing behind. */
  readonly pendingTimers: number
}

interface FakeTimer {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

/**
 * A clock for tests.
 *
 * @param startAt its first instant, in milliseconds since the epoch
 */
export function fakeClock(startAt: number = Date.UTC(2030, 0, 1)): FakeClock {
  return new HandMovedClock(startAt)
}

class HandMovedClock implements FakeClock {
  #now: number
  #order = 0
  readonly #timers = new Set<FakeTimer>()
  #afterInput: (() => void)[] = []

  constructor(startAt: number) {
    this.#now = startAt
  }

  now(): number {
    return this.#now
  }

  setTimer(fire: () => void, delayMs: number): unknown {
    const timer = { at: this.#now + Math.max(0, delayMs), order: (this.#order += 1), fire }
    this.#timers.add(timer)
    return timer
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as FakeTimer)
  }

  afterInput(fire: () => void): void {
    this.#afterInput.push(fire)
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new Error(`Expected a clock to be advanced by 0 ms or more, got ${ms}.`)
    const until = this.#now + ms
    await this.#settle()
    for (let next = this.#nextBy(until); next !== undefined; next = this.#nextBy(until)) {
      this.#timers.delete(next)
      // A timer that was due during a stall fires late: time never steps back.
      this.#now = Math.max(this.#now, next.at)
      next.fire()
      await this.#settle()
    }
    this.#now = Math.max(this.#now, until)
  }

  stall(ms: number): void {
    this.#now += ms
  }

  /** Runs what waits for nothing, until nothing is left: an immediate comes after every promise and `nextTick`. */
  async #settle(): Promise<void> {
    await setImmediate()
    while (this.#afterInput.length > 0) {
      for (const fire of this.#afterInput.splice(0)) fire()
      await setImmediate()
    }
  }

  #nextBy(until: number): FakeTimer | undefined {
    let next: FakeTimer | undefined
    for (const timer of this.#timers) {
      if (timer.at > until) continue
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    }
    return next
  }
}
