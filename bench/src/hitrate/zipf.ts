import type { Random } from '../stats/random.ts'

/**
 * The exact finite Zipf distribution: rank r of n (from 0) has probability (r + 1)⁻ˢ / H. Draws by binary search in the
 * cumulative table. (YCSB's "scrambled" one draws from 10¹⁰ items and hashes: its hottest key is 2.6 times too cold.)
 */
export function createZipf(n: number, s: number): (random: Random) => number {
  const cumulative = new Float64Array(n)
  let sum = 0
  for (let rank = 0; rank < n; rank++) cumulative[rank] = sum += (rank + 1) ** -s
  return (random) => {
    const target = random.next() * sum
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((cumulative[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** A bijection of 0…n−1: popularity and key number have nothing to do with each other, and no two ranks share a key. */
export function permutation(n: number, random: Random): Uint32Array {
  const keys = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = keys[i] ?? 0
    keys[i] = keys[j] ?? 0
    keys[j] = held
  }
  return keys
}
