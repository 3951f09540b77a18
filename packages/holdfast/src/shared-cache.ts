import { CacheClosedError, type Cache } from '@holdfast/core'
import type { Warmer } from '@holdfast/warm'

/** The one cache of a process and prefix, opened when it is first used. */
export class SharedCache {
  readonly #open: () => Cache
  readonly #forget: () => void
  #cache: Cache | undefined
  #closing: Promise<void> | undefined
  #warmer: Warmer | undefined

  constructor(open: () => Cache, forget: () => void) {
    this.#open = open
    this.#forget = forget
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /** @throws {CacheClosedError} when it was closed before its first use */
  get(): Cache {
    if (this.#cache === undefined) {
      if (this.isClosed) throw new CacheClosedError()
      this.#cache = this.#open()
    }
    return this.#cache
  }

  get warmer(): Warmer | undefined {
    return this.#warmer
  }

  /** The one warmer of the cache: an earlier one, whose jobs are those of code that was replaced, is closed. */
  keepWarmer(warmer: Warmer): void {
    const earlier = this.#warmer
    this.#warmer = warmer
    // It rejects never: it ends its run and its timers.
    earlier?.close().catch(() => undefined)
  }

  /** Closes it if it was opened; the next kit of the prefix opens another. Idempotent. */
  close(): Promise<void> {
    this.#forget()
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // First, so that it can give back its turn. It gives up its loaders, and waits for none.
    await this.#warmer?.close()
    await this.#cache?.close()
  }
}

// Kept on globalThis, where hot reloading and a second copy of this module find it. The number is that of what it holds.
const place = Symbol.for('holdfast.caches.2')

function sharedCaches(): Map<string, SharedCache> {
  const world = globalThis as { [place]?: Map<string, SharedCache> }
  world[place] ??= new Map()
  return world[place]
}

/** The cache that goes by this identity: an earlier kit's, or a new one that `open` will make. */
export function sharedCache(identity: string, open: () => Cache): SharedCache {
  const caches = sharedCaches()
  const earlier = caches.get(identity)
  if (earlier !== undefined) return earlier
  const shared = new SharedCache(open, () => {
    if (caches.get(identity) === shared) caches.delete(identity)
  })
  caches.set(identity, shared)
  return shared
}

const standIns = new WeakMap<SharedCache, Cache>()

/** The stand-in of a shared cache, which opens it when something of it is used. There is one, so that it can stand for its identity. */
export function lazily(shared: SharedCache): Cache {
  const standIn = standIns.get(shared) ?? makeStandIn(shared)
  standIns.set(shared, standIn)
  return standIn
}

function makeStandIn(shared: SharedCache): Cache {
  return new Proxy({} as Cache, {
    get(_, name) {
      // Looked for by `await` and by inspection, which are no uses.
      if (name === 'then' || name === Symbol.toStringTag || name === 'constructor') return undefined
      if (name === 'close' || name === Symbol.asyncDispose) return () => shared.close()
      const cache = shared.get()
      const member: unknown = Reflect.get(cache, name, cache)
      return typeof member === 'function' ? member.bind(cache) : member
    },
    has: (_, name) => name in shared.get(),
  })
}
