const leastCells = 64
/** Cells for each remembered eviction, so that few are overwritten early. */
const spare = 4

/** The hashes of what a region evicted last, without the entries. Direct-mapped: a later one may overwrite an earlier. */
export class Ghost {
  #hashes = new Int32Array(leastCells)
  /** The number of the eviction, counted from 1; 0 in an empty cell. */
  #numbers = new Uint32Array(leastCells)
  #evictions = 0

  /** Makes room to remember so many. What was remembered is forgotten when it grows. */
  widen(remembered: number): void {
    let cells = this.#hashes.length
    while (cells < remembered * spare) cells *= 2
    if (cells === this.#hashes.length) return
    this.#hashes = new Int32Array(cells)
    this.#numbers = new Uint32Array(cells)
  }

  add(hash: number): void {
    const cell = hash & (this.#hashes.length - 1)
    this.#evictions = (this.#evictions + 1) >>> 0
    this.#hashes[cell] = hash
    this.#numbers[cell] = this.#evictions
  }

  /** Whether the hash is of one of the last `remembered` evictions; it is forgotten. */
  take(hash: number, remembered: number): boolean {
    const cell = hash & (this.#hashes.length - 1)
    const number = this.#numbers[cell]!
    if (number === 0 || this.#hashes[cell] !== hash) return false
    this.#numbers[cell] = 0
    return (this.#evictions - number) >>> 0 < remembered
  }

  clear(): void {
    this.#numbers.fill(0)
  }
}
