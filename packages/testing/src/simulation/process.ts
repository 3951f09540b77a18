import type { Clock } from '@holdfast/core'
import type { World } from './world.ts'

interface Due {
  readonly fire: () => void
  isCleared: boolean
}

/**
 * A process of a simulated world: a clock, and an event loop that can be stopped, as SIGSTOP or a long computation stops it. What
 * arrives meanwhile waits; the timers that are due then fire late.
 */
export class SimulatedProcess {
  readonly name: string
  readonly clock: Clock
  readonly #world: World
  readonly #skewMs: number
  #isPaused = false
  #timers: Due[] = []
  #input: Due[] = []

  /** @param skewMs how far its clock is ahead of the world's */
  constructor(world: World, name: string, skewMs = 0) {
    this.name = name
    this.#world = world
    this.#skewMs = skewMs
    this.clock = {
      now: () => world.now + this.#skewMs,
      setTimer: (fire, delayMs) => this.#setTimer(fire, delayMs),
      clearTimer: (timer) => {
        if (timer !== undefined && timer !== null) (timer as Due).isCleared = true
      },
      // What has arrived already was entered before, and comes first.
      afterInput: (fire) => {
        const due: Due = { fire, isCleared: false }
        world.after(0, () => this.#happen(due, this.#input))
      },
    }
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Handles something that arrives: now, or when it runs again. */
  receive(handle: () => void): void {
    this.#happen({ fire: handle, isCleared: false }, this.#input)
  }

  pause(): void {
    this.#isPaused = true
  }

  /** Runs again. Whether late timers or what has arrived comes first is chosen by the seed, as it is open in Node. */
  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    const [timers, input] = [this.#timers, this.#input]
    this.#timers = []
    this.#input = []
    const order = this.#world.random.chance(0.5) ? [...timers, ...input] : [...input, ...timers]
    for (const due of order)
      this.#world.after(0, () => this.#happen(due, timers.includes(due) ? this.#timers : this.#input))
  }

  /** Stands still for so many milliseconds. */
  stall(ms: number): void {
    this.pause()
    this.#world.after(ms, () => this.resume())
  }

  #setTimer(fire: () => void, delayMs: number): Due {
    const due: Due = { fire, isCleared: false }
    this.#world.after(delayMs, () => this.#happen(due, this.#timers))
    return due
  }

  #happen(due: Due, waiting: Due[]): void {
    if (due.isCleared) return
    if (this.#isPaused) waiting.push(due)
    else due.fire()
  }
}
