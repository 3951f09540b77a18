import { randomFillSync } from 'node:crypto'

/**
 * A keyed hash of strings, of 32 bits: a polynomial of random numbers, one for each byte of a UTF-16 unit. All are drawn anew for
 * each store, so that nobody can choose keys that collide; reading the string's units is what it costs.
 */
export class KeyHash {
  readonly #multiplier: number
  readonly #ofLowByte: Int32Array
  readonly #ofHighByte: Int32Array

  /** @param random 513 random numbers */
  constructor(random: Int32Array = randomFillSync(new Int32Array(513))) {
    // Of this form, its powers repeat as late as those of any number.
    this.#multiplier = (random[512]! & ~7) | 5
    this.#ofLowByte = random.subarray(0, 256)
    this.#ofHighByte = random.subarray(256, 512)
  }

  of(text: string): number {
    const multiplier = this.#multiplier
    const ofLowByte = this.#ofLowByte
    const ofHighByte = this.#ofHighByte
    let hash = text.length
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      hash = (Math.imul(hash, multiplier) + ofLowByte[unit & 255]!) | 0
      if (unit > 255) hash = (hash + ofHighByte[unit >>> 8]!) | 0
    }
    // The low bits of a polynomial know nothing of the high ones.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
    return hash ^ (hash >>> 16)
  }
}
