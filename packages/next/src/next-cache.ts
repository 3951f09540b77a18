import type { Cache, Duration, Namespace } from '@holdfast/core'
import { isBuilding } from './build-phase.ts'
import type { ParsedOptions } from './options.ts'
import { MemoStore } from './memo-store.ts'
import { now } from './moment.ts'
import { Revalidations, type Seen } from './revalidations.ts'

/** As many tags as an entry of the cache can carry. The memo of revalidations knows all of them. */
const mostTags = 200

/** What is kept of one of Next's entries. */
export interface Kept {
  readonly tags: readonly string[]
  /** What of the memo of revalidations had been seen when its making began. */
  readonly seen: Seen
}

/** An entry, with the instant at which it was stored, by {@link now}. */
export interface Found<V> {
  readonly value: V
  readonly storedAt: number
}

/** How an entry is stored. */
export interface Storing {
  /** When its making began, by {@link now}. */
  readonly begunAt: number
  readonly ttlMs: number
}

/** Next's entries in a cache: what was made before a revalidation that concerns it is not there. One for each cache and namespace. */
export class NextCache {
  readonly #cache: Cache
  readonly #entries: Namespace
  readonly #revalidations: Revalidations

  constructor(cache: Cache, namespace: string) {
    this.#cache = cache
    this.#entries = cache.namespace(namespace)
    this.#revalidations = new Revalidations(new MemoStore(cache, this.#entries))
  }

  /** Connects, where there is something to connect to. */
  async open(): Promise<void> {
    await this.#revalidations.look()
  }

  /** @param softTags what it depends on besides its own tags, for this reader */
  async get<V extends Kept>(key: string, softTags: readonly string[]): Promise<Found<V> | undefined> {
    const [found, memo] = await Promise.all([this.#entries.lookup<V>(key), this.#revalidations.look()])
    if (found === undefined) return undefined
    const { value, ageMs } = found
    const isCurrent = this.#revalidations.isCurrent(memo, value.seen, [...value.tags, ...softTags])
    return isCurrent ? { value, storedAt: now() - ageMs } : undefined
  }

  async set<V extends Kept>(key: string, value: Omit<V, 'seen'> & Pick<V, 'tags'>, storing: Storing): Promise<void> {
    const kept = { ...value, seen: await this.#revalidations.seenAt(storing.begunAt) }
    const ttl: Duration = `${Math.floor(storing.ttlMs)}ms`
    await this.#entries.set(key, kept, { ttl, tags: value.tags.slice(0, mostTags) })
  }

  /** Nothing that carries or depends on one of the tags is served from here on: in this process at once, in others when they hear of it. */
  async revalidate(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    await Promise.all([this.#revalidations.add(tags), this.#cache.invalidateTags(tags)])
  }
}

// Kept on globalThis, where a second copy of this module finds it. The number is that of what it holds.
const place = Symbol.for('holdfast.next.1')

/** The one of a cache and namespace, for both handlers and whatever number of instances Next makes of them. */
export function nextCacheOf({ cache: open, namespace }: ParsedOptions): NextCache {
  const world = globalThis as { [place]?: WeakMap<Cache, Map<string, NextCache>> }
  const all = (world[place] ??= new WeakMap())
  const cache = open()
  const own = all.get(cache) ?? new Map<string, NextCache>()
  all.set(cache, own)
  const known = own.get(namespace) ?? new NextCache(cache, namespace)
  own.set(namespace, known)
  return known
}

/** Connects before the first request does, in production: that one would have to do without the cache. */
export function openAhead(options: ParsedOptions): void {
  if (process.env['NODE_ENV'] !== 'production' || isBuilding()) return
  const open = async (): Promise<void> => nextCacheOf(options).open()
  setImmediate(() => {
    // What fails, the making of the cache too, is tried again by who comes first.
    open().catch(() => undefined)
  })
}
