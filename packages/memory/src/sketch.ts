const blockBits = 4
const wordsPerBlock = 1 << blockBits
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
  /** The same one is compared with many newcomers: its count, as long as nothing in its block changes. */
  #known: number | undefined
  #knownCount = 0

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
      this.#known = undefined
    }
  }

  /** From 0 to 15. */
  count(hash: number): number {
    const words = this.#words
    const block = (hash & this.#blockMask) << blockBits
    const spread = spreadOf(hash)
    const first = countAt(words, block, spread)
    const second = countAt(words, block + 4, spread >>> 5)
    const third = countAt(words, block + 8, spread >>> 10)
    const fourth = countAt(words, block + 12, spread >>> 15)
    return lesser(lesser(first, second), lesser(third, fourth))
  }

  /** Whether one is offered more often than another. */
  isMore(hash: number, other: number): boolean {
    if (other !== this.#known) {
      this.#known = other
      this.#knownCount = this.count(other)
    }
    return this.count(hash) > this.#knownCount
  }

  /** @param entries how many entries there are, which says how long an age is */
  add(hash: number, entries: number): void {
    const words = this.#words
    const block = (hash & this.#blockMask) << blockBits
    let spread = spreadOf(hash)
    for (let row = block; row < block + wordsPerBlock; row += 4) {
      const word = row + (spread & 3)
      const counts = words[word]!
      if (((counts >>> (spread & 28)) & 15) < 15) words[word] = counts + (1 << (spread & 28))
      spread >>>= 5
    }
    if (this.#known !== undefined && ((hash ^ this.#known) & this.#blockMask) === 0) this.#known = undefined
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
    this.#known = undefined
  }
}

/** Where the counters of a hash lie in the four rows of its block, 5 bits each. The high bits of a product know of all bits. */
function spreadOf(hash: number): number {
  return Math.imul(hash, 0x9e37_79b1) >>> 12
}

function countAt(words: Int32Array, row: number, spread: number): number {
  return (words[row + (spread & 3)]! >>> (spread & 28)) & 15
}

/** Without a branch: which count is less is anybody's guess, the processor's too. */
function lesser(a: number, b: number): number {
  return b + ((a - b) & ((a - b) >> 31))
}
