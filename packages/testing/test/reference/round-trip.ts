import { RemoteTimeoutError, RemoteUnavailableError, type RemoteCall } from '@holdfast/core'
import type { Fault } from './fault.ts'
import type { ReferenceServer } from './server.ts'

/** The way to the server and back: waits while it stands still, and ends by the deadline or with `close`. */
export class RoundTrips {
  readonly #server: ReferenceServer
  readonly #fault: Fault | undefined
  readonly #pending = new Set<(error: Error) => void>()
  #isClosed = false

  constructor(server: ReferenceServer, fault: Fault | undefined) {
    this.#server = server
    this.#fault = fault
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  run<T>(call: RemoteCall, execute: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new RemoteUnavailableError('The store was closed.'))
      const { clock } = this.#server
      let timer: unknown
      const settle = (): void => {
        clock.clearTimer(timer)
        this.#pending.delete(fail)
      }
      const fail = (error: Error): void => {
        settle()
        reject(error)
      }
      const succeed = (value: T): void => {
        settle()
        resolve(value)
      }
      this.#pending.add(fail)
      if (this.#fault !== 'has no deadline')
        timer = clock.setTimer(() => this.#strike(fail), call.deadlineAt - clock.now())
      void (this.#server.standing ?? Promise.resolve()).then(() => answer(execute, succeed, fail))
    })
  }

  close(): void {
    this.#isClosed = true
    if (this.#fault === 'leaves pending calls') return
    for (const fail of this.#pending) fail(new RemoteUnavailableError('The store was closed.'))
  }

  #strike(fail: (error: Error) => void): void {
    const expire = (): void => fail(new RemoteTimeoutError('The server did not answer in time.'))
    // What had come while the loop stood still is looked at first.
    if (this.#fault === 'counts what came while the loop stood still') expire()
    else this.#server.clock.afterInput(expire)
  }
}

/** The answer arrives with the loop's next turn, as from a socket. */
function answer<T>(execute: () => T, succeed: (value: T) => void, fail: (error: Error) => void): void {
  setImmediate(() => {
    try {
      succeed(execute())
    } catch (error) {
      fail(error as Error)
    }
  })
}
