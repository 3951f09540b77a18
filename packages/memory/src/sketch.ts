const wordsPerBlock = 16
const leastWords = 2_048
/** An age is as many additions for each entry, and for this many at least: what is small can afford to remember longer. */
const ageFactor = 10
const leastAge = 256 * ageFactor
/** Words halved by one addition while the sketch ages: a few microseconds, however wide it is. */
const halvedAtOnce = 2_048

/**
 * How often keys were offered lately, by their hash: counters of 4 bits, of which a key has four in a block of 64 bytes. All are
 * halved at the end of an age, not at once but a part with each addition.
 *
 * Source: G. Einziger, R. Friedman and B. Manes, "TinyLFU: a highly efficient cache admission policy", ACM TOS 13 (2017).
 */
export class Sketch {
  #words = new Int32Array(leastWords)
  #blockMask = leastWords / wordsPerBlock - 1
  #additions = 0
  /** How many words have been halved since the last age ended. */
  #halved = leastWords

  /** Makes it wide enough for so many entries. What it knows stays. */
  widen(entries: number): void {
    while (this.#words.length < entries * 2) {
      // A block's twin begins as its copy: one more bit of the hash tells them apart from now on.
      const words = new Int32Array(this.#words.length * 2)
      words.set(this.#words)
      words.set(this.#words, this.#words.length)
      this.#words = words
      this.#blockMask = words.length / wordsPerBlock - 1
      this.#halved = words.length
    }
  }

  /** From 0 to 15. */
  count(hash: number): number {
    const words = this.#words
    const block = (hash & this.#blockMask) * wordsPerBlock
    const spread = spreadOf(hash)
    let least = 15
    for (let i = 0; i < 4; i++) {
      const place = spread >>> (i * 8)
      const count = (words[block + i * 4 + (place & 3)]! >>> (place & 28)) & 15
      if (count < least) least = count
    }
    return least
  }

  /** @param entries how many entries there are, which says how long an age is */
  add(hash: number, entries: number): void {
    const words = this.#words
    const block = (hash & this.#blockMask) * wordsPerBlock
    const spread = spreadOf(hash)
    for (let i = 0; i < 4; i++) {
      const place = spread >>> (i * 8)
      const word = block + i * 4 + (place & 3)
      const count = words[word]!
      if (((count >>> (place & 28)) & 15) < 15) words[word] = count + (1 << (place & 28))
    }
    if (++this.#additions >= Math.max(leastAge, entries * ageFactor)) {
      this.#additions = 0
      this.#halved = 0
    }
    if (this.#halved < words.length) this.#halve()
  }

  #halve(): void {
    const words = this.#words
    const end = Math.min(this.#halved + halvedAtOnce, words.length)
    for (let i = this.#halved; i < end; i++) words[i] = (words[i]! >>> 1) & 0x7777_7777
    this.#halved = end
  }
}

/** Where the counters of a hash lie in its block: 5 bits in each byte. */
function spreadOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0_aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
  return mixed ^ (mixed >>> 15)
}
