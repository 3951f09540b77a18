import { createCache as createCoreCache, type Cache, type CacheOptions, type MemoryStore } from '@holdfast/core'
import { memoryStore } from '@holdfast/memory'

/** {@link CacheOptions}, with a memory tier unless told otherwise. */
export interface BatteryOptions<V = unknown> extends Omit<CacheOptions<V>, 'memory'> {
  /** The memory tier; `false`: none. @default memoryStore({ maxEntries: 10_000 }) */
  readonly memory?: MemoryStore | false | undefined
}

/**
 * Makes a cache, as core's `createCache` does, with a memory tier of 10,000 entries unless told otherwise.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function createCache<V = unknown>(options: BatteryOptions<V> = {}): Cache<V> {
  // What is no object is refused there, as what it is.
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return createCoreCache<V>(options as never)
  const { memory, ...others } = options
  return createCoreCache<V>(memory === false ? others : { ...others, memory: memory ?? defaultMemory(options) })
}

function defaultMemory({ clock }: BatteryOptions<never>): MemoryStore {
  return memoryStore({ maxEntries: 10_000, ...(clock === undefined ? {} : { clock }) })
}
