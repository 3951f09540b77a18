import { randomOf } from './traces.ts'

/** The sketch of the policy, said plainly: a byte for each counter, all halved at once, and a key's places drawn at random. */
export class PlainSketch {
  readonly #counters: Uint8Array
  readonly #places = new Map<number, readonly number[]>()
  readonly #random: () => number
  #additions = 0

  /** @param entries for how many it is made: 16 counters each, for 1,024 at least */
  constructor(entries: number, seed: number) {
    let wide = 1_024
    while (wide < entries) wide *= 2
    this.#counters = new Uint8Array(wide * 16)
    this.#random = randomOf(seed)
  }

  count(key: number): number {
    return Math.min(...this.#placesOf(key).map((place) => this.#counters[place]!))
  }

  add(key: number, entries: number): void {
    for (const place of this.#placesOf(key)) this.#counters[place] = Math.min(15, this.#counters[place]! + 1)
    if (++this.#additions < 10 * Math.max(256, entries)) return
    this.#additions = 0
    for (let place = 0; place < this.#counters.length; place++) this.#counters[place]! >>= 1
  }

  /** One in each quarter of a block of 128. */
  #placesOf(key: number): readonly number[] {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const block = 128 * Math.floor((this.#random() * this.#counters.length) / 128)
    const places = [0, 32, 64, 96].map((quarter) => block + quarter + Math.floor(this.#random() * 32))
    this.#places.set(key, places)
    return places
  }
}
