/**
 * Things under way, in no order. A `Set` would do, were it not for its dead tables: things come and go all the time here, and each
 * table that a set has replaced keeps the next one alive (see `ChurnMap`). Here a place that was left is taken again.
 */
export class Bag<T extends object> implements Iterable<T> {
  readonly #places: (T | undefined)[] = []
  readonly #left: number[] = []

  get size(): number {
    return this.#places.length - this.#left.length
  }

  /** Puts something in, and returns its place. */
  add(thing: T): number {
    const place = this.#left.pop() ?? this.#places.length
    this.#places[place] = thing
    return place
  }

  /** Takes out, once, what stands at a place. */
  remove(place: number): void {
    this.#places[place] = undefined
    this.#left.push(place)
  }

  /** Whoever is in it, also when others come or go meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const thing of this.#places) if (thing !== undefined) yield thing
  }
}
