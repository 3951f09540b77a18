import type { Clock, Entry, EvictReason, MemoryStore } from '@holdfast/core'

import { KeyHash } from './key-hash.ts'
import { parseOptions, type MemoryStoreOptions, type ParsedOptions, type Weigh } from './options.ts'
import { Regions } from './regions.ts'
import { none, Slots, usesMask } from './slots.ts'
import { Wheel } from './wheel.ts'

/** How many entries one `set` looks at to find expired ones. */
const lookedAt = 64
/** A `set` looks at the clock when the entry's own instants say that time went on, or after so many others. */
const setsBetweenLooks = 64

/**
 * A memory tier that never holds more than its bound, and keeps what is asked for most and latest.
 *
 * @throws {InvalidOptionError} when an option cannot be used
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new BoundedStore(parseOptions(options))
}

/** The store. Entries lie in numbered slots; who stays is decided by {@link Regions}. */
export class BoundedStore implements MemoryStore {
  readonly slots: Slots
  readonly regions: Regions
  readonly wheel: Wheel
  readonly maxEntries?: number
  readonly maxBytes?: number
  declare readonly bytes?: number
  onEvict: ((key: string, reason: EvictReason) => void) | undefined = undefined
  readonly #clock: Clock
  readonly #hash: KeyHash
  readonly #weigh: Weigh | undefined
  readonly #bound: number
  readonly #slotOf = new Map<string, number>()
  #setsUntilLook = setsBetweenLooks
  #told: (readonly [key: string, reason: EvictReason])[] = []

  constructor(options: ParsedOptions, hash: KeyHash = new KeyHash()) {
    const { maxEntries, maxBytes, clock, bound, mostEntries, weigh } = options
    this.#weigh = weigh
    this.#bound = bound
    this.#clock = clock
    this.#hash = hash
    this.slots = new Slots(mostEntries, maxBytes !== undefined)
    this.regions = new Regions(this.slots, bound, (slot) => this.#leave(slot, 'capacity'))
    this.wheel = new Wheel(
      this.slots,
      clock.now(),
      (slot) => this.slots.entries[slot]!.expiresAt,
      (slot) => this.#expire(slot),
    )
    if (maxEntries !== undefined) this.maxEntries = maxEntries
    if (maxBytes === undefined) return
    this.maxBytes = maxBytes
    Object.defineProperty(this, 'bytes', { get: () => this.regions.weight, enumerable: true })
  }

  get size(): number {
    return this.#slotOf.size
  }

  get(key: string): Entry | undefined {
    const slot = this.#slotOf.get(key)
    if (slot === undefined) return undefined
    this.#use(slot)
    return this.slots.entries[slot]
  }

  set(key: string, entry: Entry): void {
    const weight = this.#weigh === undefined ? 1 : this.#weigh(key, entry)
    this.#expireSome(entry.createdAt)
    const slot = this.#slotOf.get(key)
    if (slot === undefined) {
      if (weight <= this.#bound) this.#insert(key, entry, weight)
    } else if (weight <= this.#bound && this.regions.reweigh(slot, weight)) this.#replace(slot, entry)
    else {
      this.#remove(slot)
      if (weight <= this.#bound) this.#insert(key, entry, weight)
    }
    if (this.#told.length > 0) this.#tell()
  }

  delete(key: string): void {
    const slot = this.#slotOf.get(key)
    if (slot !== undefined) this.#remove(slot)
  }

  clear(): void {
    this.#slotOf.clear()
    this.slots.clear()
    this.regions.clear()
    this.wheel.clear()
  }

  keys(): Iterable<string> {
    return this.#slotOf.keys()
  }

  #use(slot: number): void {
    const { state } = this.slots
    const before = state[slot]!
    if ((before & usesMask) < usesMask) state[slot] = before + 1
  }

  #expireSome(createdAt: number): void {
    if (--this.#setsUntilLook > 0 && !this.wheel.isBehind(createdAt)) return
    this.#setsUntilLook = setsBetweenLooks
    this.wheel.turn(this.#clock.now(), lookedAt)
  }

  #insert(key: string, entry: Entry, weight: number): void {
    const slot = this.regions.admit(this.#hash.of(key), weight)
    if (slot === none) return
    this.slots.keys[slot] = key
    this.slots.entries[slot] = entry
    this.#slotOf.set(key, slot)
    this.wheel.add(slot, entry.expiresAt)
  }

  #replace(slot: number, entry: Entry): void {
    this.#use(slot)
    this.slots.entries[slot] = entry
    this.wheel.remove(slot)
    this.wheel.add(slot, entry.expiresAt)
  }

  #remove(slot: number): void {
    this.#forget(slot)
    this.regions.remove(slot)
  }

  #expire(slot: number): void {
    this.#leave(slot, 'expired')
    this.regions.remove(slot)
  }

  #leave(slot: number, reason: EvictReason): void {
    if (this.onEvict !== undefined) this.#told.push([this.slots.keys[slot]!, reason])
    this.#forget(slot)
  }

  /** The end of an entry, whose slot is still in its region. */
  #forget(slot: number): void {
    this.wheel.remove(slot)
    this.#slotOf.delete(this.slots.keys[slot]!)
  }

  /** Tells who had to leave, when all is in order again: the listener may use the store. */
  #tell(): void {
    const told = this.#told
    this.#told = []
    for (const [key, reason] of told) this.onEvict?.(key, reason)
  }
}
