import { channel } from 'node:diagnostics_channel'
import type { EvictReason, Invalidation, RemoteState } from './contracts.ts'
import { show } from './duration.ts'
import { InvalidOptionError } from './errors.ts'

/**
 * Everything a cache tells, by name. A `key` is the user's own, and its namespace (`''` for the cache itself) stands beside it. What
 * is `invalidated` is named as the stores know it: a key of a namespace as `@namespace:key`, a namespace as the tag `@namespace`.
 */
export interface CacheEvents {
  /** A loader returned. */
  readonly load: { readonly key: string; readonly namespace: string; readonly durationMs: number }
  /** A loader threw, rejected or ran out of time. `isServedStale`: a stale value could be served instead. */
  readonly loadError: {
    readonly key: string
    readonly namespace: string
    readonly durationMs: number
    readonly error: unknown
    readonly isServedStale: boolean
  }
  /** The remote store failed or did not answer in time; no caller saw it. */
  readonly remoteError: { readonly operation: string; readonly cause: unknown }
  /** A value could not become bytes, or bytes no value. */
  readonly serializationError: { readonly key: string; readonly namespace: string; readonly cause: unknown }
  /** Something was invalidated, here or by another process. */
  readonly invalidated: { readonly what: Invalidation; readonly origin: 'local' | 'remote' }
  /** The connection that keeps memory coherent was lost and is back: nothing of before is believed. */
  readonly gap: { readonly gaps: number }
  /** What was invalidated during an outage has been replayed. */
  readonly repaired: { readonly keys: number; readonly tags: number; readonly all: boolean }
  /** The memory tier dropped an entry by itself. */
  readonly evicted: { readonly key: string; readonly namespace: string; readonly reason: EvictReason }
  /** The remote store can be used, or no longer. */
  readonly remoteState: { readonly state: RemoteState; readonly cause?: unknown }
}

export type CacheEvent = keyof CacheEvents

const channels = {
  load: channel('holdfast:load'),
  loadError: channel('holdfast:loadError'),
  remoteError: channel('holdfast:remoteError'),
  serializationError: channel('holdfast:serializationError'),
  invalidated: channel('holdfast:invalidated'),
  gap: channel('holdfast:gap'),
  repaired: channel('holdfast:repaired'),
  evicted: channel('holdfast:evicted'),
  remoteState: channel('holdfast:remoteState'),
}

/** The names of all events. */
export const eventNames: readonly string[] = Object.keys(channels)

/** Listeners of one cache and its namespaces; also tells the `holdfast:<event>` diagnostics channels. */
export class Events {
  readonly #listeners = new Map<CacheEvent, Set<(detail: never) => unknown>>()
  readonly #cacheName: string

  constructor(cacheName: string) {
    this.#cacheName = cacheName
  }

  /** @throws {InvalidOptionError} for an event that does not exist, or a listener that is no function */
  on<E extends CacheEvent>(event: E, listener: (detail: CacheEvents[E]) => void): Disposable {
    if (!Object.hasOwn(channels, event))
      throw new InvalidOptionError(`Unknown event ${show(event)}. Known ones: ${eventNames.join(', ')}.`)
    if (typeof listener !== 'function')
      throw new InvalidOptionError(`Expected the listener to be a function, got ${show(listener)}.`)
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    // A wrapper of its own, so that the same function added twice is two listeners.
    const own = (detail: never): unknown => listener(detail)
    listeners.add(own)
    return {
      [Symbol.dispose]: () => {
        listeners.delete(own)
      },
    }
  }

  /** Whether anybody would hear; ask before building a detail that costs. */
  isHeard(event: CacheEvent): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0 || channels[event].hasSubscribers
  }

  emit<E extends CacheEvent>(event: E, detail: CacheEvents[E]): void {
    if (channels[event].hasSubscribers) channels[event].publish({ cache: this.#cacheName, ...detail })
    const listeners = this.#listeners.get(event)
    if (listeners === undefined) return
    for (const listener of listeners) {
      try {
        const returned = listener(detail as never)
        // One that is async rejects instead of throwing.
        if (returned instanceof Promise) returned.catch((error: unknown) => warn(event, error))
      } catch (error) {
        warn(event, error)
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}

function warn(event: CacheEvent, error: unknown): void {
  process.emitWarning(`A listener of the cache event '${event}' threw: ${String(error)}`, 'HoldfastWarning')
}
