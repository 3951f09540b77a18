import { none, type Slots } from './slots.ts'

/** A region's slots, the oldest at the head. */
export class Queue {
  readonly #slots: Slots
  head: number = none
  tail: number = none
  size = 0
  /** What its entries take of the bound. */
  weight = 0

  constructor(slots: Slots) {
    this.#slots = slots
  }

  push(slot: number): void {
    const { next, prev } = this.#slots
    next[slot] = none
    prev[slot] = this.tail
    if (this.tail === none) this.head = slot
    else next[this.tail] = slot
    this.tail = slot
    this.size++
    this.weight += this.#slots.weightOf(slot)
  }

  remove(slot: number): void {
    const { next, prev } = this.#slots
    const before = prev[slot]!
    const after = next[slot]!
    if (before === none) this.head = after
    else next[before] = after
    if (after === none) this.tail = before
    else prev[after] = before
    this.size--
    this.weight -= this.#slots.weightOf(slot)
  }

  clear(): void {
    this.head = none
    this.tail = none
    this.size = 0
    this.weight = 0
  }
}
