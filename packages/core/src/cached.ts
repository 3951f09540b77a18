import type { Namespace } from './cache.ts'
import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'
import type { Written } from './invalidate.ts'
import type { LoadContext } from './loader.ts'
import { checkObject } from './option-names.ts'
import { defaultPolicy, mergePolicy, type ReadOptions } from './options.ts'

/** How a function is cached. */
export interface CachedOptions<A extends readonly unknown[], V> extends Omit<ReadOptions<V>, 'signal' | 'force'> {
  /** The key for some arguments. */
  readonly key: (...args: A) => string
  /** Loads the value; the context is the last argument. */
  readonly load: (...args: [...A, LoadContext]) => V | Promise<V>
}

/** A function with a cache in front of it. */
export interface Cached<A extends readonly unknown[], V> {
  (...args: A): Promise<V>
  /** The key under which the value for these arguments is kept. */
  key(...args: A): string
  /** Removes the value for these arguments. */
  delete(...args: A): Promise<Written>
  /** Loads now, and stores. */
  refresh(...args: A): Promise<V>
}

/**
 * Makes a function that reads through a cache, with everything about it said in one place.
 *
 * @throws {InvalidOptionError} for an option that is unknown or cannot be used
 */
export function cached<A extends readonly unknown[], V>(
  cache: Namespace<never> | Namespace,
  options: CachedOptions<A, V>,
): Cached<A, V> {
  // Its methods are not looked at: that would open the cache of a kit.
  checkObject('cache', cache, () => ' It is what `createCache` or `namespace` makes.')
  checkObject('options', options)
  const { key, load, ...rest } = options
  for (const [name, given] of Object.entries({ key, load }))
    if (typeof given !== 'function')
      throw new InvalidOptionError(`Expected \`${name}\` to be a function, got ${show(given)}.`)
  mergePolicy(defaultPolicy, rest, ['key', 'load'], ['signal', 'force'])
  const into = cache as Namespace
  const readOptions: ReadOptions<V> | undefined = Object.keys(rest).length === 0 ? undefined : rest
  const forced: ReadOptions<V> = { ...rest, force: true }
  // Arguments that were left out keep their places before the context.
  const places = Math.max(key.length, load.length - 1)
  const loaderFor = (args: A) => (context: LoadContext) =>
    load(...([...args, ...Array.from({ length: places - args.length })] as unknown as A), context)
  const withKey = <R>(args: A, use: (key: string) => Promise<R>): Promise<R> => {
    let name: string
    try {
      name = key(...args)
    } catch (error) {
      return Promise.reject(error)
    }
    return use(name)
  }
  const read = (args: A, how: ReadOptions<V> | undefined): Promise<V> =>
    withKey(args, (name) => into.getOrSet<V>(name, loaderFor(args), how))
  return Object.assign((...args: A) => read(args, readOptions), {
    key,
    delete: (...args: A) => withKey(args, (name) => into.delete(name)),
    refresh: (...args: A) => read(args, forced),
  })
}
