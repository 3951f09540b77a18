import { PlainSketch } from './plain-sketch.ts'

/**
 * The store's policy as plainly as it can be said: sets in the order of arrival instead of slots, remembered keys instead of hashes.
 * Slow, and only for entries of one size. What the store loses against it, its shortcuts cost.
 */
export class PlainPolicy {
  readonly #capacity: number
  readonly #leastTarget: number
  readonly #mostTarget: number
  readonly #window = new Set<number>()
  readonly #main = new Set<number>()
  readonly #uses = new Map<number, number>()
  readonly #sketch: PlainSketch
  readonly #windowGhost: Remembered
  readonly #mainGhost: Remembered
  #target: number

  constructor(capacity: number, seed = 0) {
    this.#sketch = new PlainSketch(capacity, seed)
    this.#capacity = capacity
    this.#leastTarget = Math.max(1, Math.floor(capacity * 0.02))
    this.#mostTarget = Math.max(1, Math.floor(capacity * 0.95))
    this.#target = Math.max(this.#leastTarget, Math.min(this.#mostTarget, Math.round(capacity * 0.1)))
    const remembered = Math.max(1, Math.round(capacity * 0.05))
    this.#windowGhost = new Remembered(remembered)
    this.#mainGhost = new Remembered(remembered)
  }

  /** Whether the key was there; it is let in when it was not. */
  request(key: number): boolean {
    const uses = this.#uses.get(key)
    if (uses !== undefined) {
      this.#uses.set(key, Math.min(3, uses + 1))
      return true
    }
    this.#count(key)
    if (this.#isFull()) this.#adapt(key)
    while (this.#isFull()) this.#makeRoom()
    while (this.#window.size + 1 > this.#target && this.#window.size > 0) this.#promote(first(this.#window))
    this.#window.add(key)
    this.#uses.set(key, 0)
    return false
  }

  #isFull(): boolean {
    return this.#window.size + this.#main.size >= this.#capacity
  }

  #adapt(key: number): void {
    if (this.#windowGhost.take(key)) this.#target = Math.min(this.#mostTarget, this.#target + 1)
    if (this.#mainGhost.take(key)) this.#target = Math.max(this.#leastTarget, this.#target - 1)
  }

  #makeRoom(): void {
    if (this.#main.size > 0 && this.#window.size < this.#target) this.#dropFromMain(this.#underHand())
    else if (this.#window.size > this.#target) this.#promote(first(this.#window))
    else this.#contest(first(this.#window))
  }

  #contest(candidate: number): void {
    const victim = this.#main.size > 0 ? this.#underHand() : undefined
    const isUsed = (this.#uses.get(candidate) ?? 0) > 0
    if (victim !== undefined && (isUsed || this.#sketch.count(candidate) > this.#sketch.count(victim))) {
      this.#dropFromMain(victim)
      this.#promote(candidate)
      return
    }
    this.#window.delete(candidate)
    this.#uses.delete(candidate)
    this.#windowGhost.add(candidate)
  }

  #underHand(): number {
    for (;;) {
      const oldest = first(this.#main)
      const uses = this.#uses.get(oldest) ?? 0
      if (uses === 0) return oldest
      this.#uses.set(oldest, uses - 1)
      this.#count(oldest)
      this.#main.delete(oldest)
      this.#main.add(oldest)
    }
  }

  #promote(key: number): void {
    this.#window.delete(key)
    this.#main.add(key)
    this.#uses.set(key, 0)
  }

  #dropFromMain(key: number): void {
    this.#main.delete(key)
    this.#uses.delete(key)
    this.#mainGhost.add(key)
  }

  #count(key: number): void {
    this.#sketch.add(key, this.#window.size + this.#main.size)
  }
}

/** The last keys that a region dropped. */
class Remembered {
  readonly #most: number
  readonly #keys = new Set<number>()

  constructor(most: number) {
    this.#most = most
  }

  add(key: number): void {
    this.#keys.delete(key)
    this.#keys.add(key)
    if (this.#keys.size > this.#most) this.#keys.delete(first(this.#keys))
  }

  take(key: number): boolean {
    return this.#keys.delete(key)
  }
}

function first(keys: ReadonlySet<number>): number {
  for (const key of keys) return key
  throw new RangeError('An empty region has no oldest.')
}
