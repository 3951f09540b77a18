import { Ghost } from './ghost.ts'
import { Sketch } from './sketch.ts'
import { inMain, link, main, none, oldestIn, unlink, usesMask, window, type Slots } from './slots.ts'

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
  readonly #slots: Slots
  readonly #bound: number
  readonly #most: number
  readonly #evict: (slot: number) => void
  readonly #sketch = new Sketch()
  readonly #windowGhost = new Ghost()
  readonly #mainGhost = new Ghost()
  readonly #leastTarget: number
  readonly #mostTarget: number
  #target: number
  #widened = 0
  #size = 0
  #weight = 0
  #windowSize = 0
  #windowWeight = 0

  /**
   * @param bound the most that all entries together may take
   * @param evict called with each slot whose entry has to leave, before it leaves its region
   */
  constructor(slots: Slots, bound: number, evict: (slot: number) => void) {
    this.#slots = slots
    this.#bound = bound
    this.#most = slots.most
    this.#evict = evict
    this.#leastTarget = Math.max(1, Math.floor(bound * leastWindow))
    this.#mostTarget = Math.max(1, Math.floor(bound * mostWindow))
    this.#target = Math.max(this.#leastTarget, Math.min(this.#mostTarget, Math.round(bound * firstWindow)))
  }

  get size(): number {
    return this.#size
  }

  get weight(): number {
    return this.#weight
  }

  get windowSize(): number {
    return this.#windowSize
  }

  get windowWeight(): number {
    return this.#windowWeight
  }

  /**
   * Makes room for a newcomer of this hash and weight.
   *
   * @returns its slot; `none` when it is not worth the room
   */
  admit(hash: number, weight: number): number {
    if (this.#size >= this.#widened) this.#widen()
    this.#sketch.add(hash, this.#size)
    if (!this.fits(weight)) {
      if (this.#windowGhost.has(hash) || this.#mainGhost.has(hash)) this.#learn(hash)
      // What is larger than the window competes at once, so that one newcomer cannot push out all the others.
      if (weight > this.#target) {
        const needed = weight - (this.#bound - this.#weight)
        return this.#makesWay(this.#sketch.count(hash), needed) ? this.#enter(main, hash, weight) : none
      }
      // The usual case, in a store that has been full for a while: the newcomer takes the place of the window's oldest.
      if (this.#isSettled() && !this.#contest()) return this.#replaceOldest(hash)
      while (!this.fits(weight)) this.#evictOne(weight)
    }
    // The oldest of the window go on without a contest while there is room for all.
    while (this.#windowWeight + weight > this.#target && this.#windowSize > 0) this.#promote()
    return this.#enter(window, hash, weight)
  }

  /** Gives an entry another weight where it is, if there is room for it. */
  reweigh(slot: number, weight: number): boolean {
    const weights = this.#slots.weight
    if (weights === undefined) return true
    const more = weight - weights[slot]!
    if (this.#weight + more > this.#bound) return false
    weights[slot] = weight
    this.#weight += more
    if (this.#slots.state[slot]! < inMain) this.#windowWeight += more
    return true
  }

  /** Takes an entry out of its region, and frees its slot. */
  remove(slot: number): void {
    const slots = this.#slots
    const weight = this.#weightOf(slot)
    unlink(slots.links, slot)
    this.#size--
    this.#weight -= weight
    if (slots.state[slot]! < inMain) {
      this.#windowSize--
      this.#windowWeight -= weight
    }
    slots.release(slot)
  }

  /** Drops all. What was learned of how often keys are asked for stays. */
  clear(): void {
    this.#size = 0
    this.#weight = 0
    this.#windowSize = 0
    this.#windowWeight = 0
  }

  /** Whether there is room without anybody leaving. */
  fits(weight: number): boolean {
    return this.#weight + weight <= this.#bound && this.#size < this.#most
  }

  #weightOf(slot: number): number {
    const { weight } = this.#slots
    return weight === undefined ? 1 : weight[slot]!
  }

  #enter(region: number, hash: number, weight: number): number {
    const slots = this.#slots
    const slot = slots.take()
    slots.hash[slot] = hash
    slots.state[slot] = region === main ? inMain : 0
    if (slots.weight !== undefined) slots.weight[slot] = weight
    link(slots.links, region, slot)
    this.#size++
    this.#weight += weight
    if (region === main) return slot
    this.#windowSize++
    this.#windowWeight += weight
    return slot
  }

  /** The window's oldest moves to the main region. */
  #promote(): void {
    const { links, state } = this.#slots
    const slot = oldestIn(links, window)
    unlink(links, slot)
    link(links, main, slot)
    state[slot] = inMain
    this.#windowSize--
    this.#windowWeight -= this.#weightOf(slot)
  }

  /** What was dropped not long ago and is missed says which region is too small. */
  #learn(hash: number): void {
    const fromWindow = this.#windowGhost.take(hash)
    const fromMain = this.#mainGhost.take(hash)
    const length = Math.max(1, Math.round(this.#size * remembered))
    const step = Math.max(1, this.#weight / this.#size)
    if (fromWindow >= 0 && fromWindow < length) this.#target = Math.min(this.#mostTarget, this.#target + step)
    if (fromMain >= 0 && fromMain < length) this.#target = Math.max(this.#leastTarget, this.#target - step)
  }

  #evictOne(weight: number): void {
    const hasMain = this.#size > this.#windowSize
    if (hasMain && (this.#windowSize === 0 || this.#windowWeight + weight <= this.#target)) {
      this.#drop(this.#turnHand(), this.#mainGhost)
    } else if (this.#windowWeight > this.#target) this.#promote()
    else if (hasMain && this.#contest()) this.#promote()
    else this.#drop(oldestIn(this.#slots.links, window), this.#windowGhost)
  }

  /** Whether the window's oldest made its way against those whom it replaces. */
  #contest(): boolean {
    // First, because it counts and so may end an age: both sides of the contest must be of the same one.
    const victim = this.#turnHand()
    const { links, state, hash, weight } = this.#slots
    const candidate = oldestIn(links, window)
    const isUsed = (state[candidate]! & usesMask) > 0
    if (weight !== undefined) {
      const strength = isUsed ? Number.POSITIVE_INFINITY : this.#sketch.count(hash[candidate]!)
      return this.#makesWay(strength, weight[candidate]!)
    }
    if (!isUsed && !this.#sketch.isMore(hash[candidate]!, hash[victim]!)) return false
    this.#drop(victim, this.#mainGhost)
    return true
  }

  /** Evicts from the main region as much as is needed, if all who must leave are together asked for less often than `strength` says. */
  #makesWay(strength: number, needed: number): boolean {
    const { links, state, hash } = this.#slots
    let freed = 0
    let victims = 0
    let strengthOfVictims = 0
    for (let slot = oldestIn(links, main); freed < needed;) {
      if (slot === main) return false
      const next = links[2 * slot]!
      if (state[slot]! > inMain) {
        this.#secondChance(slot)
        // Alone, it is met again at once.
        slot = next === main ? slot : next
        continue
      }
      strengthOfVictims += this.#sketch.count(hash[slot]!)
      if (strengthOfVictims >= strength) return false
      freed += this.#weightOf(slot)
      victims++
      slot = next
    }
    for (; victims > 0; victims--) this.#drop(oldestIn(links, main), this.#mainGhost)
    return true
  }

  /** Brings one that was not used since the last round under the hand. */
  #turnHand(): number {
    const { links, state } = this.#slots
    for (;;) {
      const slot = oldestIn(links, main)
      if (state[slot]! <= inMain) return slot
      this.#secondChance(slot)
    }
  }

  #secondChance(slot: number): void {
    const { links, state, hash } = this.#slots
    state[slot]!--
    this.#sketch.add(hash[slot]!, this.#size)
    unlink(links, slot)
    link(links, main, slot)
  }

  #drop(slot: number, ghost: Ghost): void {
    ghost.add(this.#slots.hash[slot]!)
    this.#evict(slot)
    this.remove(slot)
  }

  /** Whether both regions are as large as they should be, and all entries count for one. */
  #isSettled(): boolean {
    return this.#slots.weight === undefined && this.#windowWeight === this.#target && this.#size > this.#windowSize
  }

  /** As dropping the window's oldest and entering, for entries of one weight: no size changes. */
  #replaceOldest(newcomer: number): number {
    const { links, state, hash } = this.#slots
    const slot = oldestIn(links, window)
    this.#windowGhost.add(hash[slot]!)
    this.#evict(slot)
    hash[slot] = newcomer
    state[slot] = 0
    unlink(links, slot)
    link(links, window, slot)
    return slot
  }

  #widen(): void {
    if (this.#widened === this.#most) return
    this.#widened = Math.min(this.#most, this.#size * 2 + 2)
    this.#sketch.widen(this.#widened)
    this.#windowGhost.widen(this.#widened * remembered)
    this.#mainGhost.widen(this.#widened * remembered)
  }
}
