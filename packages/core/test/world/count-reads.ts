import type { Cache, Namespace } from '../../src/cache.ts'
import { InvalidOptionError } from '../../src/errors.ts'

/** How many keys were read through a cache and its namespaces. */
export interface ReadCount {
  keys: number
  /** Of those, how many may have been refused at the door. */
  refused: number
  isClosed: boolean
}

const reading = new Set(['get', 'getOrSet', 'lookup', 'getMany', 'getOrSetMany'])

/** The same cache, counting the keys that are read through it, so that a test can compare with what the cache counts. */
export function countReads<C extends Cache | Namespace>(cache: C, count: ReadCount): C {
  return new Proxy(cache, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        if (name === 'namespace') return countReads(Reflect.apply(member, target, args) as Namespace, count)
        const result: unknown = Reflect.apply(member, target, args)
        if (typeof name === 'string' && reading.has(name)) {
          const keys = Array.isArray(args[0]) ? new Set(args[0]).size : 1
          // Refused at the door: nothing was read.
          if (isAborted(args) || count.isClosed) return result
          count.keys += keys
          ;(result as Promise<unknown>).catch((error: unknown) => {
            if (error instanceof InvalidOptionError) count.refused += keys
          })
        }
        if (name === 'close' || name === Symbol.asyncDispose) {
          count.isClosed = true
          ;(result as Promise<unknown>).catch(() => {
            count.isClosed = false
          })
        }
        return result
      }
    },
  })
}

function isAborted(args: readonly unknown[]): boolean {
  return args.some(
    (arg) =>
      typeof arg === 'object' &&
      arg !== null &&
      'signal' in arg &&
      arg.signal instanceof AbortSignal &&
      arg.signal.aborted,
  )
}
