import { Ghost } from './ghost.ts'
import { Queue } from './queue.ts'
import { Sketch } from './sketch.ts'
import { none, type Slots } from './slots.ts'

const firstWindow = 0.1
const leastWindow = 0.02
const mostWindow = 0.95
/** How many evictions a ghost remembers, for each entry there is. */
const remembered = 0.05

/**
 * Who stays. Newcomers wait in a window, first in, first out. Who was used there moves to the main region; who was not only if it is
 * asked for more often than those it would replace. In the main region a clock hand gives who was used another round.
 * The window grows when what it dropped is missed, and shrinks when what the main region dropped is.
 *
 * Sources: TinyLFU (ACM TOS 13, 2017) for the admission, S3-FIFO (SOSP 2023) for the queues, Cliffhanger (NSDI 2016) for the
 * ghosts that size them, and "Lightweight robust size aware cache management" (ACM TOS 18, 2022) for entries of different weight.
 */
export class Regions {
  readonly window: Queue
  readonly main: Queue
  readonly #slots: Slots
  readonly #bound: number
  readonly #evict: (slot: number) => void
  readonly #sketch = new Sketch()
  readonly #windowGhost = new Ghost()
  readonly #mainGhost = new Ghost()
  readonly #leastTarget: number
  readonly #mostTarget: number
  #target: number
  #widened = 0

  /**
   * @param bound the most that all entries together may take
   * @param evict called with each slot that had to leave, already out of its region
   */
  constructor(slots: Slots, bound: number, evict: (slot: number) => void) {
    this.#slots = slots
    this.#bound = bound
    this.#evict = evict
    this.window = new Queue(slots)
    this.main = new Queue(slots)
    this.#leastTarget = Math.max(1, Math.floor(bound * leastWindow))
    this.#mostTarget = Math.max(1, Math.floor(bound * mostWindow))
    this.#target = Math.max(this.#leastTarget, Math.min(this.#mostTarget, Math.round(bound * firstWindow)))
  }

  get size(): number {
    return this.window.size + this.main.size
  }

  get weight(): number {
    return this.window.weight + this.main.weight
  }

  /** What the window should take. */
  get target(): number {
    return this.#target
  }

  /**
   * Makes room for a newcomer of this hash and weight.
   *
   * @returns the region to enter; `undefined` when it is not worth the room
   */
  admit(hash: number, weight: number): Queue | undefined {
    this.#widen()
    this.#sketch.add(hash, this.size)
    if (this.fits(weight)) {
      this.#flow(weight)
      return this.window
    }
    this.#learn(hash)
    // What is larger than the window competes at once, so that one newcomer cannot push out all the others.
    if (weight > this.#target)
      return this.#makesWay(this.#sketch.count(hash), weight - this.#free()) ? this.main : undefined
    while (!this.fits(weight)) this.#evictOne(weight)
    this.#flow(weight)
    return this.window
  }

  enter(queue: Queue, slot: number): void {
    this.#slots.uses[slot] = 0
    this.#slots.isMain[slot] = queue === this.main ? 1 : 0
    queue.push(slot)
  }

  /** Gives an entry another weight where it is, if there is room for it. */
  reweigh(slot: number, weight: number): boolean {
    const weights = this.#slots.weight
    if (weights === undefined) return true
    const more = weight - weights[slot]!
    if (this.weight + more > this.#bound) return false
    weights[slot] = weight
    const queue = this.#slots.isMain[slot] === 1 ? this.main : this.window
    queue.weight += more
    return true
  }

  remove(slot: number): void {
    if (this.#slots.isMain[slot] === 1) this.main.remove(slot)
    else this.window.remove(slot)
  }

  /** Drops all. What was learned of how often keys are asked for stays. */
  clear(): void {
    this.window.clear()
    this.main.clear()
  }

  #free(): number {
    return this.#bound - this.weight
  }

  /** Whether there is room without anybody leaving. */
  fits(weight: number): boolean {
    return this.weight + weight <= this.#bound && this.size < this.#slots.most
  }

  /** The oldest of the window go on without a contest while there is room for all. */
  #flow(weight: number): void {
    while (this.window.weight + weight > this.#target && this.window.size > 0) this.#promote(this.window.head)
  }

  #promote(slot: number): void {
    this.window.remove(slot)
    this.enter(this.main, slot)
  }

  /** What was dropped not long ago and is missed says which region is too small. */
  #learn(hash: number): void {
    const fromWindow = this.#windowGhost.take(hash)
    const fromMain = this.#mainGhost.take(hash)
    if (fromWindow < 0 && fromMain < 0) return
    const length = Math.max(1, Math.round(this.size * remembered))
    const step = Math.max(1, this.weight / this.size)
    if (fromWindow >= 0 && fromWindow < length) this.#target = Math.min(this.#mostTarget, this.#target + step)
    if (fromMain >= 0 && fromMain < length) this.#target = Math.max(this.#leastTarget, this.#target - step)
  }

  #evictOne(weight: number): void {
    const { window, main } = this
    if (main.size > 0 && (window.size === 0 || window.weight + weight <= this.#target)) {
      this.#turnHand()
      this.#drop(main, this.#mainGhost, main.head)
    } else if (window.weight > this.#target) this.#promote(window.head)
    else this.#contest(window.head)
  }

  /** The window's oldest against those whom it would replace. */
  #contest(candidate: number): void {
    const slots = this.#slots
    // First, because it counts and so may end an age: both sides of the contest must be of the same one.
    if (this.main.size > 0) this.#turnHand()
    const isUsed = slots.uses[candidate]! > 0
    const strength = isUsed ? Number.POSITIVE_INFINITY : this.#sketch.count(slots.hash[candidate]!)
    if (this.#makesWay(strength, slots.weightOf(candidate))) this.#promote(candidate)
    else this.#drop(this.window, this.#windowGhost, candidate)
  }

  /** Evicts from the main region as much as is needed, if all who must leave are together asked for less often than `strength` says. */
  #makesWay(strength: number, needed: number): boolean {
    const { main } = this
    const slots = this.#slots
    let freed = 0
    let victims = 0
    let strengthOfVictims = 0
    for (let slot = main.head; freed < needed;) {
      if (slot === none) return false
      const next = slots.next[slot]!
      if (slots.uses[slot]! > 0) {
        this.#secondChance(slot)
        // Alone, it is met again at once.
        slot = next === none ? slot : next
        continue
      }
      strengthOfVictims += this.#sketch.count(slots.hash[slot]!)
      if (strengthOfVictims >= strength) return false
      freed += slots.weightOf(slot)
      victims++
      slot = next
    }
    for (; victims > 0; victims--) this.#drop(main, this.#mainGhost, main.head)
    return true
  }

  /** Brings one that was not used since the last round under the hand. */
  #turnHand(): void {
    while (this.#slots.uses[this.main.head]! > 0) this.#secondChance(this.main.head)
  }

  #secondChance(slot: number): void {
    this.#slots.uses[slot]!--
    this.#sketch.add(this.#slots.hash[slot]!, this.size)
    this.main.remove(slot)
    this.main.push(slot)
  }

  #drop(queue: Queue, ghost: Ghost, slot: number): void {
    queue.remove(slot)
    ghost.add(this.#slots.hash[slot]!)
    this.#evict(slot)
  }

  #widen(): void {
    if (this.size < this.#widened || this.#widened === this.#slots.most) return
    this.#widened = Math.min(this.#slots.most, this.size * 2 + 2)
    this.#sketch.widen(this.#widened)
    this.#windowGhost.widen(this.#widened * remembered)
    this.#mainGhost.widen(this.#widened * remembered)
  }
}
