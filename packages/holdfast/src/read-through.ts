import type { Cache, Loader, LoadContext, Lookup } from '@holdfast/core'
import type { CallLog } from './call-log.ts'
import { onTopOf, toReadOptions, type KitDefaults, type KitReadOptions } from './kit-read-options.ts'
import { isOneShot } from './one-shot.ts'
import type { SharedCache } from './shared-cache.ts'
import { toSeconds } from './seconds.ts'

/** Where an answer came from, and how old it is. Lengths in seconds. */
export interface CallContext {
  readonly key: string
  /** It was stored: not loaded for this call. */
  readonly hit: boolean
  readonly source: 'memory' | 'redis' | 'loader'
  /** Past its ttl, and served because of its grace. */
  readonly stale: boolean
  readonly age: number
  /** What is left of its ttl; 0 once stale, or when it was not stored. */
  readonly ttl: number
  readonly tags: readonly string[]
}

/** An answer with its context. */
export interface Wrapped<T> {
  readonly data: T
  readonly context: CallContext
}

/** What everything in a kit that reads or writes stands on. */
export interface KitBase {
  readonly shared: SharedCache
  readonly log: CallLog
  /** Loaders are called each time, and nothing is stored. */
  readonly isBypassed: boolean
  /** What holds where a call says nothing. */
  readonly defaults: KitDefaults
}

/** Reads a key through the cache: stored, or loaded and then stored. */
export async function readThrough<T>(
  base: KitBase,
  operation: string,
  key: string,
  load: Loader<T>,
  options: KitReadOptions<T> = {},
): Promise<Wrapped<T>> {
  const startedAt = performance.now()
  try {
    const wrapped = base.isBypassed ? await callLoader(key, load) : await lookUp(base, key, load, options)
    base.log.call(operation, key, base.isBypassed ? 'bypass' : outcomeOf(wrapped.context), startedAt)
    return wrapped
  } catch (error) {
    base.log.call(operation, key, 'error', startedAt)
    throw error
  }
}

/** Where a value came from, in the kit's words. */
function contextOf(key: string, found: Omit<Lookup<unknown>, 'value'>): CallContext {
  return {
    key,
    hit: found.from !== 'loader',
    source: found.from === 'remote' ? 'redis' : found.from,
    stale: found.isStale,
    age: toSeconds(found.ageMs),
    ttl: toSeconds(found.ttlMs),
    tags: found.tags,
  }
}

function outcomeOf({ hit, stale, source }: CallContext): string {
  if (!hit) return 'miss loader'
  return `${stale ? 'stale' : 'hit'} ${source}`
}

async function lookUp<T>(base: KitBase, key: string, load: Loader<T>, options: KitReadOptions<T>): Promise<Wrapped<T>> {
  const cache: Cache = base.shared.get()
  let isOwnLoad = false
  const watched = async (context: LoadContext): Promise<T> => {
    isOwnLoad = true
    const value = await load(context)
    if (isOneShot(value)) {
      context.skip()
      base.log.once(
        `one shot ${key}`,
        `${JSON.stringify(key)} is not cached: it is a Response or a stream, which is read only once. Return the data.`,
      )
    }
    return value
  }
  const found = await cache.lookup<T>(key, watched, toReadOptions(onTopOf(base.defaults, options)))
  // Another caller's load, which only that caller can read.
  if (!isOwnLoad && isOneShot(found.value)) return callLoader(key, load)
  return { data: found.value, context: contextOf(key, found) }
}

/** Calls the loader past the cache. */
async function callLoader<T>(key: string, load: Loader<T>): Promise<Wrapped<T>> {
  const tags = new Set<string>()
  const data = await load({
    key,
    signal: new AbortController().signal,
    stale: undefined,
    keep: () => {
      throw new TypeError('keep() was called and there is no stale value to keep: look at `stale` first.')
    },
    skip: () => undefined,
    ttl: () => undefined,
    tags: (more) => {
      for (const tag of more) tags.add(tag)
    },
  })
  return { data, context: { key, hit: false, source: 'loader', stale: false, age: 0, ttl: 0, tags: [...tags] } }
}
