import { getHeapStatistics } from 'node:v8'
import type { Cache, RemoteInfo, Stats } from '@holdfast/core'

/** What a cache, its server and its process say of themselves at one instant. */
export interface Sample {
  /** In milliseconds since the epoch. */
  readonly at: number
  readonly stats: Stats
  /** What the remote store's server told; `undefined` where it does not, or could not be asked. */
  readonly info: RemoteInfo | undefined
  /** The JavaScript heap of this process, in bytes, and what it may grow to. */
  readonly heap: { readonly usedBytes: number; readonly maxBytes: number }
}

/** Takes a sample. Asks the server in one round trip, within the cache's own deadline; never rejects because of it. */
export async function takeSample(cache: Cache, at: number): Promise<Sample> {
  const stats = cache.stats()
  const info = await serverInfo(cache, stats)
  const { used_heap_size: usedBytes, heap_size_limit: maxBytes } = getHeapStatistics()
  return { at, stats, info, heap: { usedBytes, maxBytes } }
}

/** What the server says of itself. One that is known to be away is not asked: each question would count as a failure. */
export async function serverInfo(cache: Cache, stats: Stats): Promise<RemoteInfo | undefined> {
  const state = stats.shared.remote?.state
  if (stats.shared.remote === undefined || state === 'away' || state === 'closed') return undefined
  try {
    return await cache.info()
  } catch {
    return undefined
  }
}
