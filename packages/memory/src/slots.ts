const firstCapacity = 1_024

/** No slot. */
export const none = -1

/**
 * The places of entries, by number, with what is known of each in typed arrays. When they are three quarters full the arrays grow,
 * one with each place taken: no single `set` copies them all.
 */
export class Slots {
  /** In the queue of its region; among the free ones, the next free one. */
  next: Int32Array
  prev: Int32Array
  hash: Int32Array
  /** Uses since the entry came into its region: 0–3. */
  uses: Uint8Array
  isMain: Uint8Array
  /** What the entry takes of the bound. Absent where each takes 1. */
  weight: Float64Array | undefined
  /** In the list of those that expire together. */
  wheelNext: Int32Array
  wheelPrev: Int32Array
  /** How many there may ever be. */
  readonly most: number
  #capacity: number
  #arraysGrown = 0
  #used = 0
  #free = none

  constructor(most: number, isWeighed: boolean) {
    const capacity = Math.min(most, firstCapacity)
    this.most = most
    this.#capacity = capacity
    this.next = new Int32Array(capacity)
    this.prev = new Int32Array(capacity)
    this.hash = new Int32Array(capacity)
    this.uses = new Uint8Array(capacity)
    this.isMain = new Uint8Array(capacity)
    this.weight = isWeighed ? new Float64Array(capacity) : undefined
    this.wheelNext = new Int32Array(capacity)
    this.wheelPrev = new Int32Array(capacity)
  }

  /** How many there may be before the arrays grow. */
  get capacity(): number {
    return this.#capacity
  }

  /** A free place. There is one as long as fewer than the most are taken. */
  take(): number {
    const free = this.#free
    if (free !== none) {
      this.#free = this.next[free]!
      return free
    }
    const slot = this.#used++
    if (slot * 4 >= this.#capacity * 3 && this.#capacity < this.most) this.#growOne()
    return slot
  }

  release(slot: number): void {
    this.next[slot] = this.#free
    this.#free = slot
  }

  /** Frees all. */
  clear(): void {
    this.#used = 0
    this.#free = none
  }

  weightOf(slot: number): number {
    return this.weight === undefined ? 1 : this.weight[slot]!
  }

  #growOne(): void {
    const length = Math.min(this.most, this.#capacity * 2)
    switch (this.#arraysGrown++) {
      case 0:
        this.next = longer(this.next, new Int32Array(length))
        return
      case 1:
        this.prev = longer(this.prev, new Int32Array(length))
        return
      case 2:
        this.hash = longer(this.hash, new Int32Array(length))
        return
      case 3:
        this.uses = longer(this.uses, new Uint8Array(length))
        return
      case 4:
        this.isMain = longer(this.isMain, new Uint8Array(length))
        return
      case 5:
        if (this.weight !== undefined) this.weight = longer(this.weight, new Float64Array(length))
        return
      case 6:
        this.wheelNext = longer(this.wheelNext, new Int32Array(length))
        return
      default:
        this.wheelPrev = longer(this.wheelPrev, new Int32Array(length))
        this.#capacity = length
        this.#arraysGrown = 0
    }
  }
}

function longer<A extends Int32Array | Uint8Array | Float64Array>(array: A, empty: A): A {
  empty.set(array)
  return empty
}
