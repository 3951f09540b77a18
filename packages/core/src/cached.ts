import type { Namespace } from './cache.ts'
import type { Written } from './invalidate.ts'
import type { LoadContext } from './loader.ts'
import type { ReadOptions } from './options.ts'

/** How a function is cached. */
export interface CachedOptions<A extends readonly unknown[], V> extends Omit<ReadOptions<V>, 'signal'> {
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

/** Makes a function that reads through a cache, with everything about it said in one place. */
export function cached<A extends readonly unknown[], V>(
  cache: Namespace<never> | Namespace,
  options: CachedOptions<A, V>,
): Cached<A, V> {
  const { key, load, ...rest } = options
  const into = cache as Namespace
  const readOptions: ReadOptions<V> | undefined = Object.keys(rest).length === 0 ? undefined : rest
  const forced: ReadOptions<V> = { ...rest, force: true }
  const read = (args: A, how: ReadOptions<V> | undefined): Promise<V> =>
    into.getOrSet<V>(key(...args), (context) => load(...args, context), how)
  return Object.assign((...args: A) => read(args, readOptions), {
    key,
    delete: (...args: A) => into.delete(key(...args)),
    refresh: (...args: A) => read(args, forced),
  })
}
