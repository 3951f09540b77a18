import { RemoteTimeoutError, type Deadlines } from '@holdfast/core'
import { timedOut, unavailable } from './reply.ts'

/** A promise that ends by a deadline, and rejects with one of core's errors. */
export function within<T>(deadlines: Deadlines, promise: Promise<T>, deadlineAt: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timed = { deadlineAt, settled: false, expire: () => reject(timedOut()) }
    deadlines.add(timed)
    promise.then(
      (value) => {
        deadlines.settle(timed)
        resolve(value)
      },
      (cause: unknown) => {
        deadlines.settle(timed)
        reject(cause instanceof RemoteTimeoutError ? cause : unavailable(cause))
      },
    )
  })
}
