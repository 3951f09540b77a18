import type { Random } from '../random.ts'
import type { World } from './world.ts'

/** How slow one direction of one connection is, in milliseconds: most often, now and then, and seldom. */
export type Pace = readonly [often: number, sometimes: number, seldom: number]

export const fastPace: Pace = [0.2, 1, 5]
const paces: readonly Pace[] = [fastPace, [0.5, 3, 20], [2, 10, 60]]

/** The longest that anything is on its way, in milliseconds, while nothing lags. */
export const slowestMs = 60

/** One direction of one connection: what is sent arrives in order, each after a delay that the seed chooses. */
export class Lane {
  readonly #world: World
  readonly #random: Random
  readonly #pace: Pace
  #lastAt = 0

  /** @param pace chosen by the seed when absent */
  constructor(world: World, random: Random, pace?: Pace) {
    this.#world = world
    this.#random = random
    this.#pace = pace ?? random.pick(paces)
  }

  send(arrive: () => void): void {
    const at = Math.max(this.#lastAt, this.#world.now + this.#delayMs())
    this.#lastAt = at
    this.#world.after(at - this.#world.now, arrive)
  }

  /** Holds everything up for so many milliseconds, as lost packets do until they are sent again. */
  lag(ms: number): void {
    this.#lastAt = Math.max(this.#lastAt, this.#world.now + ms)
  }

  #delayMs(): number {
    const [often, sometimes, seldom] = this.#pace
    const kind = this.#random.next()
    const most = kind < 0.8 ? often : kind < 0.97 ? sometimes : seldom
    return most * this.#random.next()
  }
}
