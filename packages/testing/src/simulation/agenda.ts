/** Something that will happen. */
export interface Happening {
  readonly at: number
  readonly order: number
  readonly fire: () => void
  isCancelled: boolean
}

/** What will happen, earliest first; what was entered first among equals. A binary heap. */
export class Agenda {
  readonly #heap: Happening[] = []
  #order = 0

  add(at: number, fire: () => void): Happening {
    const happening = { at, order: (this.#order += 1), fire, isCancelled: false }
    this.#heap.push(happening)
    this.#rise(this.#heap.length - 1)
    return happening
  }

  /** The next one, without those that were cancelled. */
  peek(): Happening | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#drop()
    return this.#heap[0]
  }

  take(): Happening | undefined {
    const next = this.peek()
    if (next !== undefined) this.#drop()
    return next
  }

  #drop(): void {
    const last = this.#heap.pop()!
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1
      if (!isBefore(this.#heap[at]!, this.#heap[parent]!)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(): void {
    for (let at = 0; ;) {
      let first = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.#heap.length && isBefore(this.#heap[child]!, this.#heap[first]!)) first = child
      if (first === at) return
      this.#swap(at, first)
      at = first
    }
  }

  #swap(a: number, b: number): void {
    const { [a]: one, [b]: other } = this.#heap
    this.#heap[a] = other!
    this.#heap[b] = one!
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
