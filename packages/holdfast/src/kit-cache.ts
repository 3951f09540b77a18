import type { Loader, WriteOptions, Written } from '@holdfast/core'
import { onTopOf, toReadOptions } from './kit-read-options.ts'
import { readThrough, type KitBase } from './read-through.ts'
import type { Seconds } from './seconds.ts'

/** Direct access to the cache. Lengths of time: a number is seconds. */
export interface KitCache {
  /** Stores a value. @param ttl @default CACHE_DEFAULT_TTL */
  set(key: string, data: unknown, ttl?: Seconds, tags?: readonly string[]): Promise<Written>
  /** What is stored, or `null`. */
  get<T = unknown>(key: string): Promise<T | null>
  /** What is stored, or else what the loader returns, which is then stored. */
  remember<T>(key: string, load: Loader<T>, ttl?: Seconds, tags?: readonly string[]): Promise<T>
  /** What is stored of several keys, in one round trip; those that miss are absent. */
  getMany<T = unknown>(keys: readonly string[]): Promise<ReadonlyMap<string, T>>
  /** Stores several values in one round trip. */
  setMany(
    entries: Iterable<readonly [key: string, data: unknown]>,
    ttl?: Seconds,
    tags?: readonly string[],
  ): Promise<Written>
  delete(keys: string | readonly string[]): Promise<Written>
  has(key: string): Promise<boolean>
  /** Everything under the prefix, in O(1). */
  clear(): Promise<Written>
}

const notStored: Written = { reached: 'memory', queued: false }

export function kitCache(base: KitBase): KitCache {
  const { shared, log, isBypassed } = base
  const written = async (operation: string, about: string, write: () => Promise<Written>): Promise<Written> => {
    const startedAt = performance.now()
    const result = await write()
    log.call(operation, about, result.queued ? 'queued' : result.reached, startedAt)
    return result
  }
  return {
    set: (key, data, ttl, tags) =>
      written('set', key, async () =>
        isBypassed ? notStored : shared.get().set(key, data, writeOptions(base, ttl, tags)),
      ),
    get: async <T>(key: string) => {
      const startedAt = performance.now()
      const found = isBypassed ? undefined : await shared.get().lookup<T>(key, undefined, { stale: false })
      log.call(
        'get',
        key,
        found === undefined ? 'miss' : `hit ${found.from === 'remote' ? 'redis' : found.from}`,
        startedAt,
      )
      return found === undefined ? null : found.value
    },
    remember: async (key, load, ttl, tags) => (await readThrough(base, 'remember', key, load, { ttl, tags })).data,
    getMany: async <T>(keys: readonly string[]) => {
      const startedAt = performance.now()
      const found = isBypassed ? new Map<string, T>() : await shared.get().getMany<T>(keys)
      log.call('getMany', `${keys.length} keys`, `${found.size} hits`, startedAt)
      return found
    },
    setMany: (entries, ttl, tags) =>
      written('setMany', 'several keys', async () =>
        isBypassed ? notStored : shared.get().setMany(entries, writeOptions(base, ttl, tags)),
      ),
    delete: (keys) =>
      written('delete', typeof keys === 'string' ? keys : `${keys.length} keys`, () => shared.get().delete(keys)),
    has: async (key) => !isBypassed && (await shared.get().get(key)) !== undefined,
    clear: () => written('clear', '*', () => shared.get().clear()),
  }
}

function writeOptions(base: KitBase, ttl: Seconds | undefined, tags: readonly string[] | undefined): WriteOptions {
  return toReadOptions(onTopOf(base.defaults, { ttl, tags }))
}
