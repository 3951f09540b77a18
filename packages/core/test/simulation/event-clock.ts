import type { Clock } from '../../src/contracts.ts'

interface Event {
  readonly at: number
  readonly order: number
  readonly fire: () => void
  isCleared: boolean
}

/** A clock that jumps from timer to timer when it is told to: the time of one simulated world. */
export class EventClock implements Clock {
  #now = 1_000_000
  #order = 0
  #pending = 0
  /** A binary heap, the earliest first. */
  readonly #heap: Event[] = []

  now(): number {
    return this.#now
  }

  setTimer(fire: () => void, delayMs: number): unknown {
    const event = { at: this.#now + Math.max(0, delayMs), order: this.#order++, fire, isCleared: false }
    this.#pending++
    this.#heap.push(event)
    this.#rise(this.#heap.length - 1)
    return event
  }

  clearTimer(timer: unknown): void {
    const event = timer as Event | undefined
    if (event === undefined || event.isCleared) return
    event.isCleared = true
    this.#pending--
  }

  afterInput(fire: () => void): void {
    this.setTimer(fire, 0)
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#pending
  }

  /** Fires the next timer at its instant. Tells whether there was one. */
  fireNext(): boolean {
    for (;;) {
      const event = this.#take()
      if (event === undefined) return false
      if (event.isCleared) continue
      this.#now = event.at
      this.clearTimer(event)
      event.fire()
      return true
    }
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(resolve, ms))
  }

  #take(): Event | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  #rise(index: number): void {
    const heap = this.#heap
    for (let at = index; at > 0;) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at]!, heap[parent]!)) return
      ;[heap[at], heap[parent]] = [heap[parent]!, heap[at]!]
      at = parent
    }
  }

  #sink(): void {
    const heap = this.#heap
    for (let at = 0; ;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child
      if (least === at) return
      ;[heap[at], heap[least]] = [heap[least]!, heap[at]!]
      at = least
    }
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
