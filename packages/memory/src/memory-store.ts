import type { Entry, EvictReason, MemoryStore } from '@holdfast/core'

import { parseOptions, type MemoryStoreOptions, type ParsedOptions } from './options.ts'

interface Slot {
  readonly entry: Entry
  readonly weight: number
}

class BoundedStore implements MemoryStore {
  readonly #options: ParsedOptions
  readonly #slots = new Map<string, Slot>()
  #bytes = 0
  onEvict: ((key: string, reason: EvictReason) => void) | undefined = undefined

  constructor(options: ParsedOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#slots.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get maxEntries(): number {
    return this.#options.maxEntries
  }

  get maxBytes(): number {
    return this.#options.maxBytes
  }

  get(key: string): Entry | undefined {
    const slot = this.#slots.get(key)
    if (slot === undefined) return undefined
    this.#slots.delete(key)
    if (slot.entry.expiresAt <= this.#options.clock.now()) {
      this.#bytes -= slot.weight
      this.onEvict?.(key, 'expired')
      return undefined
    }
    this.#slots.set(key, slot)
    return slot.entry
  }

  set(key: string, entry: Entry): void {
    const { maxBytes, maxEntries, weigh, clock } = this.#options
    this.delete(key)
    if (entry.expiresAt <= clock.now()) return
    const weight = maxBytes === Number.POSITIVE_INFINITY ? 0 : weigh(key, entry)
    if (!(weight >= 0 && weight <= maxBytes)) return
    for (const [oldest] of this.#slots) {
      if (this.#slots.size < maxEntries && this.#bytes + weight <= maxBytes) break
      this.delete(oldest)
      this.onEvict?.(oldest, 'capacity')
    }
    this.#slots.set(key, { entry, weight })
    this.#bytes += weight
  }

  delete(key: string): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    this.#slots.delete(key)
    this.#bytes -= slot.weight
  }

  clear(): void {
    this.#slots.clear()
    this.#bytes = 0
  }

  keys(): Iterable<string> {
    return this.#slots.keys()
  }
}

/**
 * A memory tier bounded in entries or bytes.
 *
 * @throws {InvalidOptionError} when an option cannot be used
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new BoundedStore(parseOptions(options))
}
