import type { Loader } from '@holdfast/core'
import type { KitReadOptions } from './kit-read-options.ts'
import { readThrough, type KitBase, type Wrapped } from './read-through.ts'

/**
 * Answers from the cache, or with what the loader returns, which is then stored; and says which.
 *
 * @throws what the loader throws, unwrapped; never because Redis fails
 */
export type CacheWrapper = <T>(key: string, load: Loader<T>, options?: KitReadOptions<T>) => Promise<Wrapped<T>>

export function cacheWrapper(base: KitBase): CacheWrapper {
  return (key, load, options) => readThrough(base, 'wrap', key, load, options)
}
