import { checkMethods, InvalidOptionError, systemClock, type Clock, type Entry, type MemoryStore } from '@holdfast/core'
import NodeCache from 'node-cache'

/**
 * node-cache as a memory tier, for applications that have one. Give it an instance of its own: `clear` empties it. It evicts
 * nothing: an instance with `maxKeys` that is full refuses new entries until others end, so `memoryStore()` is the better tier.
 *
 * @param instance made with `useClones: false`; without an argument the store makes its own, which has no timer
 * @throws {InvalidOptionError} when the instance clones: a clone would not see that what it depends on has changed
 */
export function nodeCacheStore(instance?: NodeCache, clock: Clock = systemClock): MemoryStore {
  const cache = instance ?? new NodeCache({ useClones: false, checkperiod: 0 })
  checkMethods(
    'instance',
    cache,
    ['get', 'set', 'del', 'flushAll', 'keys'],
    'Write `new NodeCache({ useClones: false })`.',
  )
  if (cache.options.useClones !== false) {
    throw new InvalidOptionError(
      'Expected a NodeCache that does not clone: a copy would not see an invalidation. Make it with `new NodeCache({ useClones: false })`.',
    )
  }
  return new NodeCacheStore(cache, clock)
}

class NodeCacheStore implements MemoryStore {
  readonly #cache: NodeCache
  readonly #clock: Clock

  constructor(cache: NodeCache, clock: Clock) {
    this.#cache = cache
    this.#clock = clock
  }

  get size(): number {
    return this.#cache.getStats().keys
  }

  get(key: string): Entry | undefined {
    return isInherited(key) ? undefined : this.#cache.get<Entry>(key)
  }

  set(key: string, entry: Entry): void {
    this.delete(key)
    const leftMs = entry.expiresAt - this.#clock.now()
    if (!(leftMs > 0) || isInherited(key)) return
    try {
      // node-cache counts in seconds, and takes 0 as for ever.
      this.#cache.set(key, entry, Math.max(0.001, leftMs / 1_000))
    } catch (error) {
      if (!isFull(error)) throw error
    }
  }

  delete(key: string): void {
    if (!isInherited(key)) this.#cache.del(key)
  }

  clear(): void {
    this.#cache.flushAll()
  }

  keys(): Iterable<string> {
    return this.#cache.keys()
  }
}

/** node-cache keeps its entries in a plain object, in which these stand already. */
function isInherited(key: string): boolean {
  return key in Object.prototype
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'errorcode' in error && error.errorcode === 'ECACHEFULL'
}
