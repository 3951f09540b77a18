import { randomFillSync } from 'node:crypto'

/** How many random numbers make a hash: one for each byte of two UTF-16 units, and a multiplier. */
export const randomNumbers: number = 4 * 256 + 1

/**
 * A keyed hash of strings, of 32 bits. Each byte of a unit stands for a random number; two units at a time are mixed in. All numbers are
 * drawn anew for each store, so that nobody can choose keys that collide. The shift after each step is what a plain polynomial lacks:
 * modulo a power of two, those of Thue and Morse (abba baab …) collide from 128 letters on, whatever the multiplier.
 */
export class KeyHash {
  readonly #multiplier: number
  readonly #random: Int32Array

  /** @param random as many random numbers as {@link randomNumbers} says */
  constructor(random: Int32Array = randomFillSync(new Int32Array(randomNumbers))) {
    this.#multiplier = (random[randomNumbers - 1]! & ~7) | 5
    this.#random = random
  }

  of(text: string): number {
    const random = this.#random
    const multiplier = this.#multiplier
    const { length } = text
    let hash = length
    let at = 0
    for (; at < length - 1; at += 2) {
      const first = text.charCodeAt(at)
      const second = text.charCodeAt(at + 1)
      let word = random[first & 255]! ^ random[256 + (second & 255)]!
      if ((first | second) > 255) word ^= random[512 + (first >>> 8)]! ^ random[768 + (second >>> 8)]!
      hash = Math.imul(hash ^ word, multiplier)
      hash ^= hash >>> 15
    }
    if (at < length) {
      const last = text.charCodeAt(at)
      hash = Math.imul(hash ^ random[last & 255]! ^ random[512 + (last >>> 8)]!, multiplier)
      hash ^= hash >>> 15
    }
    hash = Math.imul(hash, 0x85eb_ca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
    return hash ^ (hash >>> 16)
  }
}
