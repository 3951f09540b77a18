import { buckets, link, none, oldestIn, unlink, type Slots } from './slots.ts'

/** About a second. What has expired is found after the end of its tick. */
const tickMs = 1_024
const bits = 6
const bucketsPerLevel = 1 << bits
const levels = buckets / bucketsPerLevel
/** Half a year in ticks. What lives longer leaves by other ways. */
const farthest = bucketsPerLevel ** levels

/**
 * Which slots expire when, without a timer: buckets of a second, a minute, an hour and three days, each a ring of slots. Turning it
 * finds what has expired, and deals coarse buckets out to finer ones when their time comes.
 *
 * Source: G. Varghese and A. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987.
 */
export class Wheel {
  readonly #slots: Slots
  readonly #expiresAt: (slot: number) => number
  readonly #expired: (slot: number) => void
  readonly #originAt: number
  /** The tick that is being dealt with, counted from the origin. */
  #tick = 0
  /** When the next tick begins, and the instant from which on it is too far to keep. */
  #nextAt = 0
  #farAt = 0
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
    this.#goTo(0)
  }

  /** How many slots it holds. */
  get size(): number {
    return this.#size
  }

  add(slot: number, expiresAt: number): void {
    if (expiresAt < this.#farAt) this.#place(slot, Math.max(this.#tick + 1, this.#tickAfter(expiresAt)))
    else this.#slots.wheel[2 * (buckets + slot) + 1] = none
  }

  /** Whether it would go on if it were turned to this instant. */
  isBehind(now: number): boolean {
    return now >= this.#nextAt
  }

  remove(slot: number): void {
    const { wheel } = this.#slots
    const place = buckets + slot
    if (wheel[2 * place + 1] === none) return
    unlink(wheel, place)
    wheel[2 * place + 1] = none
    this.#size--
  }

  /**
   * Finds what has expired by now.
   *
   * @param most the most slots to look at, and about the most ticks to go on: the rest is found by the next calls
   */
  turn(now: number, most: number): void {
    const until = Math.floor((now - this.#originAt) / tickMs)
    if (this.#size === 0 && until > this.#tick) this.#goTo(until)
    for (let left = most; left > 0; left--) {
      left = this.#dealWithTick(left)
      if (left <= 0 || this.#tick >= until) return
      this.#goTo(this.#tick + 1)
    }
  }

  /** Holds nothing; the slots are cleared, too. */
  clear(): void {
    this.#size = 0
  }

  #goTo(tick: number): void {
    this.#tick = tick
    this.#nextAt = this.#originAt + (tick + 1) * tickMs
    this.#farAt = this.#originAt + (tick + farthest - 1) * tickMs
  }

  /** Empties the buckets whose time has come. Returns how many slots may still be looked at. */
  #dealWithTick(most: number): number {
    let left = most
    for (let level = levels - 1; level >= 0; level--) {
      if ((this.#tick & ((1 << (level * bits)) - 1)) !== 0) continue
      const bucket = bucketOf(level, this.#tick)
      for (; left > 0; left--) {
        const place = oldestIn(this.#slots.wheel, bucket)
        if (place === bucket) break
        const slot = place - buckets
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
    const distance = tick - this.#tick
    let level = 0
    while (distance >= 1 << ((level + 1) * bits)) level++
    link(this.#slots.wheel, bucketOf(level, tick), buckets + slot)
    this.#size++
  }

  /** The first tick that begins after an instant. */
  #tickAfter(instant: number): number {
    return Math.floor((instant - this.#originAt) / tickMs) + 1
  }
}

function bucketOf(level: number, tick: number): number {
  return level * bucketsPerLevel + ((tick >>> (level * bits)) & (bucketsPerLevel - 1))
}
