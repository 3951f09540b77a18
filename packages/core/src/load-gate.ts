import { AsyncLocalStorage } from 'node:async_hooks'
import { LoadRejectedError } from './errors.ts'

/**
 * The limit on loads that run at once, so that a cold cache does not overrun the database. First come, first served. What a load reads through
 * the cache itself waits for no place: its own would not come free before that.
 */
export class LoadGate {
  readonly #maxConcurrent: number
  readonly #maxQueued: number
  readonly #queue = new Set<() => void>()
  readonly #inside = new AsyncLocalStorage<boolean>()
  #running = 0

  constructor(maxConcurrent: number, maxQueued: number) {
    this.#maxConcurrent = maxConcurrent
    this.#maxQueued = maxQueued
  }

  get running(): number {
    return this.#running
  }

  get queued(): number {
    return this.#queue.size
  }

  /** Whether the caller is called by a load that holds a place, or that such a one waits for. */
  get isInside(): boolean {
    return this.#inside.getStore() === true
  }

  /** Calls a loader, in which {@link isInside} is as given: its caller's context may be that of anybody who reads at the same time. */
  run<T>(isInside: boolean, load: () => T): T {
    return this.#inside.run(isInside, load)
  }

  /**
   * Waits for a place. Resolves with the function that gives it back (calling it twice gives it back once).
   *
   * @throws {LoadRejectedError} when as many as allowed are waiting already
   * @throws the signal's reason when it aborts before there is a place
   */
  enter(signal: AbortSignal): Promise<() => void> | (() => void) {
    signal.throwIfAborted()
    if (this.#running < this.#maxConcurrent) {
      this.#running++
      return this.#place()
    }
    if (this.#queue.size >= this.#maxQueued) {
      throw new LoadRejectedError(
        `Not loaded: ${this.#running} loads are running and ${this.#queue.size} are waiting, as many as \`loads\` allows.`,
      )
    }
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(this.#place())
      }
      const leave = (): void => {
        this.#queue.delete(go)
        reject(signal.reason as Error)
      }
      this.#queue.add(go)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #place(): () => void {
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const [next] = this.#queue
      if (next === undefined) this.#running--
      else {
        this.#queue.delete(next)
        next()
      }
    }
  }
}
