import { randomFillSync } from 'node:crypto'

/**
 * A keyed hash of strings, of 32 bits: HalfSipHash-1-3 over their UTF-16 units. The key is drawn anew for each store, so that
 * nobody can choose keys that collide.
 *
 * Source: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012, in its form for 32-bit words.
 */
export class KeyHash {
  readonly #k0: number
  readonly #k1: number

  constructor(key: readonly [number, number] = randomKey()) {
    this.#k0 = key[0]
    this.#k1 = key[1]
  }

  of(text: string): number {
    let v0 = this.#k0
    let v1 = this.#k1
    let v2 = 0x6c796765 ^ v0
    let v3 = 0x74656462 ^ v1
    const { length } = text
    const even = length & ~1
    let word = 0
    // Words of two units, then the length with the odd unit, then the three final rounds.
    for (let i = 0; i <= even + 6; i += 2) {
      if (i < even) word = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)
      else if (i === even) word = (length << 16) | (even < length ? text.charCodeAt(even) : 0)
      else {
        if (i === even + 2) v2 ^= 0xff
        word = 0
      }
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    return v1 ^ v3
  }
}

function randomKey(): [number, number] {
  const [k0 = 0, k1 = 0] = randomFillSync(new Int32Array(2))
  return [k0, k1]
}
