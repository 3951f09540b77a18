import type { Random } from '../random.ts'
import type { World } from './world.ts'

/** How slow one direction of one connection is, in milliseconds: most often, now and then, and seldom. */
const paces = [
  [0.2, 1, 5],
  [0.5, 3, 20],
  [2, 10, 60],
] as const

/** One direction of one connection: what is sent arrives in order, each after a delay that the seed chooses. */
export class Lane {
  readonly #world: World
  readonly #random: Random
  readonly #pace: readonly [number, number, number]
  #lastAt = 0

  constructor(world: World, random: Random) {
    this.#world = world
    this.#random = random
    this.#pace = random.pick(paces)
  }

  send(arrive: () => void): void {
    const at = Math.max(this.#lastAt, this.#world.now + this.#delayMs())
    this.#lastAt = at
    this.#world.after(at - this.#world.now, arrive)
  }

  #delayMs(): number {
    const [often, sometimes, seldom] = this.#pace
    const kind = this.#random.next()
    const most = kind < 0.8 ? often : kind < 0.97 ? sometimes : seldom
    return most * this.#random.next()
  }
}
