import { readAll, streamOf } from './byte-stream.ts'
import { isBuilding } from './build-phase.ts'
import { entryKey } from './entry-key.ts'
import { now } from './moment.ts'
import { nextCacheOf, openAhead, type Kept } from './next-cache.ts'
import type { UseCacheEntry, UseCacheHandler } from './next-contracts.ts'
import { parseOptions, type NextHandlerOptions } from './options.ts'

interface KeptUse extends Kept {
  readonly bytes: Uint8Array
  /** How long before it was stored its making began. */
  readonly leadMs: number
  readonly stale: number
  readonly revalidate: number
  readonly expire: number
}

/**
 * Makes a handler of `'use cache'`, for `cacheHandlers` of `next.config`. What cannot be read or stored is a miss, never an error of
 * the page; `updateTags` (`revalidateTag`, `updateTag`, `revalidatePath`) rejects when the revalidation could not even be remembered.
 *
 * @throws {InvalidOptionError} for an option that is missing or cannot be used
 */
export function createCacheHandler(options: NextHandlerOptions): UseCacheHandler {
  const parsed = parseOptions(options)
  openAhead(parsed)
  const pendingSets = new Map<string, Promise<void>>()

  async function get(cacheKey: string, softTags: string[]): Promise<UseCacheEntry | undefined> {
    if (isBuilding()) return undefined
    // What this process is making is waited for.
    await pendingSets.get(cacheKey)
    try {
      const found = await nextCacheOf(parsed).get<KeptUse>(entryKey('use', cacheKey), softTags)
      if (found === undefined) return undefined
      const { bytes, tags, leadMs, stale, revalidate, expire } = found.value
      // What was damaged is made anew.
      if (!(bytes instanceof Uint8Array) || ![leadMs, stale, revalidate, expire].every(isNumber)) return undefined
      return { value: streamOf(bytes), tags: [...tags], timestamp: found.storedAt - leadMs, stale, revalidate, expire }
    } catch {
      return undefined
    }
  }

  async function store(cacheKey: string, pendingEntry: Promise<UseCacheEntry>): Promise<void> {
    try {
      const { value, tags, timestamp, stale, revalidate, expire } = await pendingEntry
      // Read in any case: it is this handler's to consume.
      const bytes = await readAll(value)
      // A host's clock may have been set back.
      const leadMs = Math.max(0, now() - timestamp)
      const ttlMs = Math.min(expire * 1000, parsed.maxAgeMs) - leadMs
      if (isBuilding() || ttlMs <= 0) return
      const kept = { bytes, tags, leadMs, stale, revalidate, expire }
      await nextCacheOf(parsed).set<KeptUse>(entryKey('use', cacheKey), kept, { begunAt: timestamp, ttlMs })
    } catch {
      // A value whose making failed, or that cannot be stored: the next reader makes it.
    }
  }

  return {
    get,
    async set(cacheKey, pendingEntry) {
      const storing = store(cacheKey, pendingEntry)
      pendingSets.set(cacheKey, storing)
      await storing
      if (pendingSets.get(cacheKey) === storing) pendingSets.delete(cacheKey)
    },
    async refreshTags() {
      // The cache hears of revalidations by itself.
    },
    async getExpiration() {
      // `get` looks at the soft tags.
      return Number.POSITIVE_INFINITY
    },
    async updateTags(tags) {
      if (!isBuilding()) await nextCacheOf(parsed).revalidate(tags)
    },
  }
}

function isNumber(part: unknown): boolean {
  return typeof part === 'number' && !Number.isNaN(part)
}
