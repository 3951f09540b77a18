import { none, type Slots } from './slots.ts'

/** About a second. What has expired is found after the end of its tick. */
const tickMs = 1_024
const bits = 6
const bucketsPerLevel = 1 << bits
const levels = 4
/** Half a year in ticks. What lives longer leaves by other ways. */
const farthest = bucketsPerLevel ** levels

/**
 * Which slots expire when, without a timer: buckets of a second, a minute, an hour and three days, each a list of slots. Turning it
 * finds what has expired, and deals coarse buckets out to finer ones when their time comes.
 *
 * Source: G. Varghese and A. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
 */
export class Wheel {
  readonly #slots: Slots
  readonly #expiresAt: (slot: number) => number
  readonly #expired: (slot: number) => void
  readonly #heads = new Int32Array(levels * bucketsPerLevel).fill(none)
  readonly #originAt: number
  /** The tick that is being dealt with, counted from the origin. */
  #tick = 0
  #size = 0

  /**
   * @param now where ticks are counted from
   * @param expiresAt when the entry in a slot expires
   * @param expired called with each slot whose entry has expired, already out of the wheel
   */
  constructor(slots: Slots, now: number, expiresAt: (slot: number) => number, expired: (slot: number) => void) {
    this.#slots = slots
    this.#originAt = now
    this.#expiresAt = expiresAt
    this.#expired = expired
  }

  /** How many slots it holds. */
  get size(): number {
    return this.#size
  }

  add(slot: number, expiresAt: number): void {
    this.#place(slot, Math.max(this.#tick + 1, this.#tickAfter(expiresAt)))
  }

  /** Whether it would go on if it were turned to this instant. */
  isBehind(now: number): boolean {
    return now - this.#originAt >= (this.#tick + 1) * tickMs
  }

  remove(slot: number): void {
    const { wheelNext, wheelPrev } = this.#slots
    const before = wheelPrev[slot]!
    if (before === none) return
    const after = wheelNext[slot]!
    if (isBucket(before)) this.#heads[bucketOf(before)] = after
    else wheelNext[before] = after
    if (after !== none) wheelPrev[after] = before
    wheelPrev[slot] = none
    this.#size--
  }

  /**
   * Finds what has expired by now.
   *
   * @param most the most slots to look at, and about the most ticks to go on: the rest is found by the next calls
   */
  turn(now: number, most: number): void {
    const until = Math.floor((now - this.#originAt) / tickMs)
    if (this.#size === 0) this.#tick = Math.max(this.#tick, until)
    for (let left = most; left > 0; left--) {
      left = this.#dealWithTick(left)
      if (left <= 0 || this.#tick >= until) return
      this.#tick++
    }
  }

  clear(): void {
    this.#heads.fill(none)
    this.#size = 0
  }

  /** Empties the buckets whose time has come. Returns how many slots may still be looked at. */
  #dealWithTick(most: number): number {
    let left = most
    for (let level = levels - 1; level >= 0; level--) {
      if ((this.#tick & ((1 << (level * bits)) - 1)) !== 0) continue
      const bucket = this.#bucket(level, this.#tick)
      for (let slot = this.#heads[bucket]!; slot !== none && left > 0; slot = this.#heads[bucket]!) {
        left--
        this.remove(slot)
        const tick = this.#tickAfter(this.#expiresAt(slot))
        if (tick <= this.#tick) this.#expired(slot)
        else this.#place(slot, tick)
      }
      if (left === 0) return 0
    }
    return left
  }

  #place(slot: number, tick: number): void {
    const { wheelNext, wheelPrev } = this.#slots
    const distance = tick - this.#tick
    wheelPrev[slot] = none
    if (!(distance < farthest)) return
    let level = 0
    while (distance >= 1 << ((level + 1) * bits)) level++
    const bucket = this.#bucket(level, tick)
    const head = this.#heads[bucket]!
    wheelPrev[slot] = markOf(bucket)
    wheelNext[slot] = head
    if (head !== none) wheelPrev[head] = slot
    this.#heads[bucket] = slot
    this.#size++
  }

  #bucket(level: number, tick: number): number {
    return level * bucketsPerLevel + ((tick >>> (level * bits)) & (bucketsPerLevel - 1))
  }

  /** The first tick that begins after an instant. */
  #tickAfter(instant: number): number {
    return Math.floor((instant - this.#originAt) / tickMs) + 1
  }
}

/** The first of a list has no slot before it, but its bucket: numbers below {@link none}. */
function markOf(bucket: number): number {
  return none - 1 - bucket
}

function isBucket(mark: number): boolean {
  return mark < none
}

function bucketOf(mark: number): number {
  return none - 1 - mark
}
