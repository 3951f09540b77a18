import { RemoteTimeoutError, type Deadlines } from '@holdfast/core'
import { timedOut, unavailable } from './reply.ts'

/**
 * A promise that ends by a deadline, and rejects with one of core's errors.
 *
 * @param take what is made of the value; must not throw
 */
export function within<T>(
  deadlines: Deadlines,
  promise: Promise<T>,
  deadlineAt: number,
  take?: (value: T) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timed = { deadlineAt, settled: false, expire: () => reject(timedOut()) }
    deadlines.add(timed)
    promise.then(
      (value) => {
        // Nobody waits any more, and nobody would hear of what `take` makes of it.
        if (timed.settled) return
        deadlines.settle(timed)
        resolve(take === undefined ? value : take(value))
      },
      (cause: unknown) => {
        deadlines.settle(timed)
        reject(cause instanceof RemoteTimeoutError ? cause : unavailable(cause))
      },
    )
  })
}
