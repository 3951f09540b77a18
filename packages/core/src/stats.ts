import type { CallSummary } from './remote-calls.ts'
import type { RemoteDescription } from './contracts.ts'
import type { Counters } from './counters.ts'
import type { HistogramSummary } from './histogram.ts'

/**
 * What happened since the cache was made: in it and all its namespaces, or in one namespace and those nested in it. `hits + misses` is
 * the number of keys read.
 */
export interface Stats {
  readonly hits: number
  readonly misses: number
  /** `hits / (hits + misses)`, 0 before the first read. */
  readonly hitRatio: number
  readonly memoryHits: number
  readonly remoteHits: number
  /** Hits (among the above) that were past their ttl. */
  readonly staleHits: number
  /** Loaders that were begun. */
  readonly loads: number
  /** Loaders that threw or rejected; those that ran out of time are `loadTimeouts`. */
  readonly loadErrors: number
  readonly loadTimeouts: number
  /** Loads that were not begun because the queue was full. */
  readonly loadsRejected: number
  /** Loaders that returned when nobody waited any more, or after their timeout; the value was not stored. */
  readonly lateLoads: number
  /** Reads that were answered by a load or a remote read that another had begun. */
  readonly coalesced: number
  /** Loads that were left to another process (`fleetSingleFlight`), and waited for. */
  readonly fleetWaits: number
  /** Loads that were begun behind a hit, or for nobody who waits. */
  readonly refreshes: number
  readonly sets: number
  readonly deletes: number
  /** Calls of `invalidateTags`, `invalidateMatching`, `clear` and `expire`. */
  readonly invalidations: number
  readonly serializationErrors: number
  readonly loadLatency: HistogramSummary
  /** Of the whole cache, namespaces included. */
  readonly shared: SharedStats
}

/** What a cache and its namespaces share. */
export interface SharedStats {
  readonly memoryEntries: number
  /** Estimated bytes in memory, where the store counts them. */
  readonly memoryBytes: number | undefined
  /** The memory tier's bounds, where it has them. */
  readonly memoryMaxBytes: number | undefined
  readonly memoryMaxEntries: number | undefined
  /** Entries that live in memory only because the remote store could not take them. */
  readonly fallbackEntries: number
  /** Entries that the memory tier dropped by itself. */
  readonly evictions: number
  readonly loadsRunning: number
  readonly loadsQueued: number
  readonly remoteErrors: number
  /** Invalidations heard from other processes. */
  readonly heard: number
  /** Invalidations that wait for the remote store's return. */
  readonly journalEntries: number
  /** Estimated bytes of those in memory. */
  readonly journalBytes: number
  readonly gaps: number
  /** Calls of the remote store by method; a batch is one call. Methods that were never called are absent. */
  readonly remoteCalls: Readonly<Record<string, CallSummary>>
  readonly remote: RemoteDescription | undefined
}

export function statsOf(counters: Counters, shared: SharedStats): Stats {
  const hits = counters.memoryHits + counters.remoteHits
  const reads = hits + counters.misses
  return {
    hits,
    misses: counters.misses,
    hitRatio: reads === 0 ? 0 : hits / reads,
    memoryHits: counters.memoryHits,
    remoteHits: counters.remoteHits,
    staleHits: counters.staleHits,
    loads: counters.loads,
    loadErrors: counters.loadErrors,
    loadTimeouts: counters.loadTimeouts,
    loadsRejected: counters.loadsRejected,
    lateLoads: counters.lateLoads,
    coalesced: counters.coalesced,
    fleetWaits: counters.fleetWaits,
    refreshes: counters.refreshes,
    sets: counters.sets,
    deletes: counters.deletes,
    invalidations: counters.invalidations,
    serializationErrors: counters.serializationErrors,
    loadLatency: counters.loadLatency.summary(),
    shared,
  }
}
