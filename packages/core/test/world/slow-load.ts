import type { LoadContext } from '../../src/loader.ts'
import { deferred, type Deferred } from './deferred.ts'

/** A loader whose calls end when the test says so, in the order in which they began. */
export interface SlowLoad<V> {
  (context: LoadContext): Promise<V>
  readonly calls: number
  readonly contexts: readonly LoadContext[]
  /** Ends the oldest call that is under way. */
  resolve(value: V): void
  reject(error: unknown): void
}

export function slowLoad<V = string>(): SlowLoad<V> {
  const contexts: LoadContext[] = []
  const underWay: Deferred<V>[] = []
  const load = (context: LoadContext): Promise<V> => {
    contexts.push(context)
    const call = deferred<V>()
    underWay.push(call)
    return call.promise
  }
  const next = (): Deferred<V> => {
    const call = underWay.shift()
    if (call === undefined) throw new Error('No load is under way.')
    return call
  }
  return Object.defineProperties(load, {
    calls: { get: () => contexts.length },
    contexts: { value: contexts },
    resolve: { value: (value: V) => next().resolve(value) },
    reject: { value: (error: unknown) => next().reject(error) },
  }) as SlowLoad<V>
}

/** A function that counts its calls. */
export function countCalls<A extends unknown[], R>(run: (...args: A) => R): ((...args: A) => R) & { calls: number } {
  const counted = Object.assign(
    (...args: A): R => {
      counted.calls++
      return run(...args)
    },
    { calls: 0 },
  )
  return counted
}
