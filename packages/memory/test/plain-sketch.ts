/** The sketch of the policy, said plainly: a byte for each counter, and all of them halved at once. */
export class PlainSketch {
  readonly #counters: Uint8Array
  readonly #blocks: number
  readonly #seed: number
  #additions = 0

  /** @param entries for how many it is made: 16 counters each, for 1,024 at least */
  constructor(entries: number, seed: number) {
    let wide = 1_024
    while (wide < entries) wide *= 2
    this.#counters = new Uint8Array(wide * 16)
    this.#blocks = (wide * 16) / 128
    this.#seed = seed
  }

  count(key: number): number {
    return Math.min(...this.#places(key).map((place) => this.#counters[place]!))
  }

  add(key: number, entries: number): void {
    for (const place of this.#places(key)) this.#counters[place] = Math.min(15, this.#counters[place]! + 1)
    if (++this.#additions < 10 * Math.max(256, entries)) return
    this.#additions = 0
    for (let place = 0; place < this.#counters.length; place++) this.#counters[place]! >>= 1
  }

  /** One in each quarter of the key's block. */
  #places(key: number): readonly number[] {
    const block = hash(key, this.#seed) % this.#blocks
    return [1, 2, 3, 4].map((row) => block * 128 + (row - 1) * 32 + (hash(key, this.#seed + row) % 32))
  }
}

function hash(key: number, seed: number): number {
  let mixed = Math.imul(key + 1, 0x9e37_79b1) ^ Math.imul(seed + 1, 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a_2d39)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
