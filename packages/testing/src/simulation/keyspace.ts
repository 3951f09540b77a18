/** A value of a simulated server. Keys and members are binary, each byte one character (latin1). */
export type Value =
  | { readonly type: 'string'; readonly bytes: Buffer }
  | { readonly type: 'set'; readonly members: ReadonlySet<string> }
  | { readonly type: 'list'; readonly items: readonly Buffer[] }

interface Cell {
  readonly value: Value
  /** Milliseconds of the server's clock; `Infinity` without a life of its own. */
  readonly expiresAt: number
}

/** The keys of a simulated server. Values are never changed in place: a copy of the map is a copy of all. */
export class Keyspace {
  readonly #now: () => number
  #cells = new Map<string, Cell>()
  /** Where each SCAN has come to: the last key that it showed. */
  readonly cursors: string[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  get(key: string): Value | undefined {
    return this.#cell(key)?.value
  }

  expiresAt(key: string): number | undefined {
    return this.#cell(key)?.expiresAt
  }

  /** @param expiresAt as it was, when absent */
  set(key: string, value: Value, expiresAt?: number): void {
    this.#cells.set(key, { value, expiresAt: expiresAt ?? this.#cell(key)?.expiresAt ?? Number.POSITIVE_INFINITY })
  }

  delete(key: string): boolean {
    return this.#cell(key) !== undefined && this.#cells.delete(key)
  }

  keys(): string[] {
    return [...this.#cells.keys()].filter((key) => this.#cell(key) !== undefined)
  }

  clear(): void {
    this.#cells.clear()
  }

  /** All there is now, to be restored later. */
  snapshot(): () => void {
    const copy = new Map(this.#cells)
    return () => {
      this.#cells = new Map(copy)
    }
  }

  #cell(key: string): Cell | undefined {
    const cell = this.#cells.get(key)
    if (cell === undefined || cell.expiresAt > this.#now()) return cell
    this.#cells.delete(key)
    return undefined
  }
}
