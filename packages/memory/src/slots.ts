import type { Entry } from '@holdfast/core'

const firstCapacity = 1_024

/** No slot. */
export const none = -1
/** The places that stand for the two regions themselves: each is the end and the beginning of its ring. Entries lie behind them. */
export const window = 0
export const main = 1
export const firstSlot = 2
/** The first places in the wheel stand for its buckets. */
export const buckets = 256

/** In a slot's state, the uses since the entry came into its region: 0–3. */
export const usesMask = 3
/** In the state of a slot of the main region. */
export const inMain = 4

/**
 * The places of entries, by number, with what is known of each in arrays. When they are three quarters full the arrays grow, one with
 * each place taken: no single `set` copies them all.
 */
export class Slots {
  keys: string[] = []
  entries: (Entry | undefined)[] = []
  /** For each slot the next in the ring of its region, and the one before; among the free ones, the next free one. */
  links: Int32Array
  hash: Int32Array
  state: Uint8Array
  /** What the entry takes of the bound. Absent where each takes 1. */
  weight: Float64Array | undefined
  /** As `links`, in the rings of those that expire together; a slot's place is {@link buckets} later. */
  wheel: Int32Array
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
    this.links = new Int32Array(2 * (firstSlot + capacity))
    this.hash = new Int32Array(firstSlot + capacity)
    this.state = new Uint8Array(firstSlot + capacity)
    this.weight = isWeighed ? new Float64Array(firstSlot + capacity) : undefined
    this.wheel = new Int32Array(2 * (buckets + firstSlot + capacity))
    this.clear()
    this.keys.length = firstSlot + capacity
    this.entries.length = firstSlot + capacity
  }

  /** How many there may be before the arrays grow. */
  get capacity(): number {
    return this.#capacity
  }

  /** A free place. There is one as long as fewer than the most are taken. */
  take(): number {
    const free = this.#free
    if (free !== none) {
      this.#free = this.links[2 * free]!
      return free
    }
    const used = this.#used++
    if (used * 4 >= this.#capacity * 3 && this.#capacity < this.most) this.#growOne()
    return firstSlot + used
  }

  release(slot: number): void {
    this.keys[slot] = ''
    this.entries[slot] = undefined
    this.links[2 * slot] = this.#free
    this.#free = slot
  }

  /** Frees all. */
  clear(): void {
    this.#used = 0
    this.#free = none
    this.keys = []
    this.entries = []
    for (let region = 0; region < firstSlot; region++) close(this.links, region)
    for (let bucket = 0; bucket < buckets; bucket++) close(this.wheel, bucket)
  }

  #growOne(): void {
    const capacity = Math.min(this.most, this.#capacity * 2)
    const length = firstSlot + capacity
    switch (this.#arraysGrown++) {
      case 0:
        this.links = longer(this.links, new Int32Array(2 * length))
        return
      case 1:
        this.hash = longer(this.hash, new Int32Array(length))
        return
      case 2:
        this.state = longer(this.state, new Uint8Array(length))
        return
      case 3:
        if (this.weight !== undefined) this.weight = longer(this.weight, new Float64Array(length))
        return
      // Left to themselves these two would grow by half, and hold up to that much for nothing.
      case 4:
        this.keys.length = length
        return
      case 5:
        this.entries.length = length
        return
      default:
        this.wheel = longer(this.wheel, new Int32Array(2 * (buckets + length)))
        this.#capacity = capacity
        this.#arraysGrown = 0
    }
  }
}

/** The oldest in a ring; the ring itself when it is empty. */
export function oldestIn(links: Int32Array, ring: number): number {
  return links[2 * ring]!
}

/** Appends a place to a ring, as its youngest. */
export function link(links: Int32Array, ring: number, place: number): void {
  const youngest = links[2 * ring + 1]!
  links[2 * youngest] = place
  links[2 * place] = ring
  links[2 * place + 1] = youngest
  links[2 * ring + 1] = place
}

/** Takes a place out of its ring. */
export function unlink(links: Int32Array, place: number): void {
  const after = links[2 * place]!
  const before = links[2 * place + 1]!
  links[2 * before] = after
  links[2 * after + 1] = before
}

/** A ring in which nothing is. */
function close(links: Int32Array, ring: number): void {
  links[2 * ring] = ring
  links[2 * ring + 1] = ring
}

function longer<A extends Int32Array | Uint8Array | Float64Array>(array: A, empty: A): A {
  empty.set(array)
  return empty
}
