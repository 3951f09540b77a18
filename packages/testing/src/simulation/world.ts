import { setImmediate } from 'node:timers/promises'
import { seededRandom, type Random } from '../random.ts'
import { Agenda, type Happening } from './agenda.ts'

/** Where a simulation's time begins, in milliseconds since the epoch. */
const origin = Date.UTC(2030, 0, 1)

/**
 * A world of its own time, in which the seed decides what happens when. What the code under test does runs as it is; what it waits
 * for, timers and messages, happens in an order that is the same for the same seed.
 */
export class World {
  readonly seed: number
  readonly random: Random
  readonly #agenda = new Agenda()
  #now = origin

  constructor(seed: number) {
    this.seed = seed
    this.random = seededRandom(seed)
  }

  /** Milliseconds since the epoch, in the world's own time. */
  get now(): number {
    return this.#now
  }

  /** Lets something happen after so many milliseconds, and after all that was to happen before. */
  after(delayMs: number, fire: () => void): Happening {
    return this.#agenda.add(this.#now + Math.max(0, delayMs), fire)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /**
   * Lets happen what is to happen until the promise settles.
   *
   * @throws {Error} when nothing is left to happen and the promise still waits
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false }
    const settle = (): void => {
      state.isSettled = true
    }
    promise.then(settle, settle)
    await setImmediate()
    while (!state.isSettled) {
      const next = this.#agenda.take()
      if (next === undefined) throw new Error('Nothing is left to happen, and the scenario still waits.')
      await this.#let(next)
    }
    return promise
  }

  /** Lets happen what is to happen within so many milliseconds. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await setImmediate()
    for (let next = this.#agenda.peek(); next !== undefined && next.at <= until; next = this.#agenda.peek())
      await this.#let(this.#agenda.take()!)
    this.#now = until
  }

  /** An immediate comes after every promise and `nextTick` that waits for nothing else. */
  async #let(happening: Happening): Promise<void> {
    this.#now = Math.max(this.#now, happening.at)
    happening.fire()
    await setImmediate()
  }
}
