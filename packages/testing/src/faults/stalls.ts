const tickMs = 5
const stallMs = 12

/** When this process's own event loop stood still: what a caller waited then is nobody else's doing. */
export class Stalls {
  readonly #gaps: (readonly [from: number, to: number])[] = []
  readonly #timer: NodeJS.Timeout
  #last = performance.now()

  constructor() {
    this.#timer = setInterval(() => this.#look(), tickMs)
    this.#timer.unref()
  }

  /** Milliseconds of a stretch of time in which it stood still. */
  within(from: number, to: number): number {
    let sum = 0
    // A stall that has just ended may not have been seen by the timer yet.
    for (const [start, end] of [...this.#gaps, ...this.#sinceTick()])
      sum += Math.max(0, Math.min(end, to) - Math.max(start, from))
    return sum
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    this.#gaps.push(...this.#sinceTick())
    this.#last = performance.now()
  }

  #sinceTick(): readonly (readonly [number, number])[] {
    const now = performance.now()
    return now - this.#last > stallMs ? [[this.#last, now]] : []
  }
}
