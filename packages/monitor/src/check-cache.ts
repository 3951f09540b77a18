import { checkMethods, InvalidOptionError, type Cache } from '@holdfast/core'

/** @throws {InvalidOptionError} for what is no cache, a namespace too: it has no name, no server and no events of its own */
export function checkCache(cache: Cache): void {
  if (isNamespace(cache))
    throw new InvalidOptionError('Expected `cache` to be a cache, got a namespace: give the cache that it is of.')
  checkMethods(
    'cache',
    cache,
    ['stats', 'describe', 'ping', 'info', 'on', 'observe'],
    'It is what `createCache` makes.',
  )
}

function isNamespace(cache: Partial<Cache> | undefined): boolean {
  return typeof cache?.getOrSet === 'function' && cache.describe === undefined
}
