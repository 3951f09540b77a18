/** So many keys that came and went are kept before the map is replaced. */
const spareKeys = 1_024

/**
 * A map whose entries come and go all the time. A `Map` replaces its table again and again then, and V8 leaves in each dead table
 * a link to the next: once one is old, everything that was ever in the following ones survives until a full collection (measured:
 * half of the CPU of a read). Here a removed entry leaves its key behind, and now and then the whole map is replaced by a new one.
 */
export class ChurnMap<V extends object> {
  #map = new Map<string, V | undefined>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: string): V | undefined {
    // Most often there is nothing at all, and then nothing is looked up.
    return this.#size === 0 ? undefined : this.#map.get(key)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  set(key: string, value: V): void {
    this.replace(key, value)
  }

  /** Sets, and returns what stood there. */
  replace(key: string, value: V): V | undefined {
    const replaced = this.get(key)
    if (replaced === undefined) this.#size++
    this.#map.set(key, value)
    return replaced
  }

  /** Deletes a key if this stands there, and tells whether it did. */
  remove(key: string, value: V): boolean {
    if (this.get(key) !== value) return false
    this.drop(key)
    return true
  }

  delete(key: string): void {
    if (this.has(key)) this.drop(key)
  }

  /** Deletes a key under which something is known to stand. */
  drop(key: string): void {
    this.#size--
    this.#map.set(key, undefined)
    if (this.#map.size > spareKeys + 2 * this.#size) this.#renew()
  }

  /** A snapshot: what is removed meanwhile is in it, what is added is not. */
  keys(): string[] {
    return Array.from(this.entries(), ([key]) => key)
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  *entries(): IterableIterator<[string, V]> {
    for (const [key, value] of this.#map) if (value !== undefined) yield [key, value]
  }

  #renew(): void {
    const live = [...this.entries()]
    this.#map = new Map(live)
  }
}
