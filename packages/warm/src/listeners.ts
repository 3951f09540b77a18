import { InvalidOptionError } from '@holdfast/core'
import type { WarmEvents } from './report.ts'

const names: readonly string[] = ['progress', 'failed', 'ended'] satisfies readonly (keyof WarmEvents)[]

/** Who hears a warmer's events. A listener that throws is warned about, and disturbs nobody. */
export class Listeners {
  readonly #listeners = new Map<keyof WarmEvents, Set<(detail: never) => unknown>>()

  /** @throws {InvalidOptionError} for an event that does not exist, or a listener that is no function */
  on<E extends keyof WarmEvents>(event: E, listener: (detail: WarmEvents[E]) => void): Disposable {
    if (!names.includes(event))
      throw new InvalidOptionError(`Unknown event '${event}' of a warmer. Known ones: ${names.join(', ')}.`)
    if (typeof listener !== 'function')
      throw new InvalidOptionError(`Expected the listener to be a function, got ${typeof listener}.`)
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    const own = (detail: never): unknown => listener(detail)
    listeners.add(own)
    return { [Symbol.dispose]: () => void listeners.delete(own) }
  }

  emit<E extends keyof WarmEvents>(event: E, detail: WarmEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        const returned = listener(detail as never)
        if (returned instanceof Promise) returned.catch((error: unknown) => warn(event, error))
      } catch (error) {
        warn(event, error)
      }
    }
  }
}

function warn(event: string, error: unknown): void {
  process.emitWarning(`A listener of the warmer event '${event}' threw: ${String(error)}`, 'HoldfastWarning')
}
