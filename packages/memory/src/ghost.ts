const leastCells = 64
/** Cells for each remembered eviction, so that few are overwritten early. */
const spare = 4

/** The hashes of what a region evicted last, without the entries. A later one may take the cell of an earlier one. */
export class Ghost {
  /** In each cell a hash and the number of its eviction, counted from 1; 0 in an empty cell. */
  #cells = new Int32Array(2 * leastCells)
  #mask = leastCells - 1
  #evictions = 0

  /** Makes room to remember so many. What was remembered is forgotten when it grows. */
  widen(remembered: number): void {
    while (this.#mask < remembered * spare) this.#mask = this.#mask * 2 + 1
    if (this.#cells.length <= this.#mask) this.#cells = new Int32Array(2 * (this.#mask + 1))
  }

  add(hash: number): void {
    const cell = (hash & this.#mask) << 1
    this.#evictions = (this.#evictions + 1) | 0
    this.#cells[cell] = hash
    this.#cells[cell + 1] = this.#evictions
  }

  has(hash: number): boolean {
    return this.#cells[(hash & this.#mask) << 1] === hash
  }

  /** How many evictions ago this hash was evicted, from 0; -1 when that is not remembered. It is forgotten. */
  take(hash: number): number {
    const cells = this.#cells
    const cell = (hash & this.#mask) << 1
    const number = cells[cell + 1]!
    if (cells[cell] !== hash || number === 0) return -1
    cells[cell + 1] = 0
    return (this.#evictions - number) >>> 0
  }
}
