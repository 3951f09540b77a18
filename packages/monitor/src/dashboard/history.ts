import type { Stats } from '@holdfast/core'
import { bucketsSince, quantile } from '../quantile.ts'
import { trafficBetween } from '../remote-traffic.ts'

/** What a cache did between two looks at it. Rates are per second. */
export interface HistoryPoint {
  /** The end of it, in milliseconds since the epoch. */
  readonly at: number
  readonly reads: number
  /** From 0 to 1; `null` where nothing was read. */
  readonly hitRatio: number | null
  readonly memoryHits: number
  readonly remoteHits: number
  readonly misses: number
  readonly loads: number
  readonly loadFailures: number
  readonly remoteCalls: number
  readonly remoteFailures: number
  /** Of remote calls, in milliseconds; `null` where there was none. */
  readonly remoteP50Ms: number | null
  readonly remoteP95Ms: number | null
  readonly remoteP99Ms: number | null
  readonly loadP95Ms: number | null
}

/** What the numbers of a cache became over time: so many points, the oldest let go of. */
export class History {
  readonly #most: number
  #before: { readonly at: number; readonly stats: Stats } | undefined
  #points: readonly HistoryPoint[] = []

  constructor(most: number) {
    this.#most = most
  }

  get points(): readonly HistoryPoint[] {
    return this.#points
  }

  add(at: number, stats: Stats): void {
    const before = this.#before
    this.#before = { at, stats }
    if (before === undefined || at <= before.at) return
    this.#points = [...this.#points, pointBetween(before.stats, stats, at, (at - before.at) / 1_000)].slice(-this.#most)
  }
}

function pointBetween(before: Stats, after: Stats, at: number, seconds: number): HistoryPoint {
  const rate = (read: (stats: Stats) => number): number => (read(after) - read(before)) / seconds
  const hits = rate((stats) => stats.hits)
  const misses = rate((stats) => stats.misses)
  const traffic = trafficBetween(before, after)
  const loads = bucketsSince(before.loadLatency.buckets, after.loadLatency.buckets)
  const known = (isKnown: boolean, value: number): number | null => (isKnown && Number.isFinite(value) ? value : null)
  const wereCalls = traffic.calls > 0
  return {
    at,
    reads: hits + misses,
    hitRatio: known(hits + misses > 0, hits / (hits + misses)),
    memoryHits: rate((stats) => stats.memoryHits),
    remoteHits: rate((stats) => stats.remoteHits),
    misses,
    loads: rate((stats) => stats.loads),
    loadFailures: rate((stats) => stats.loadErrors + stats.loadTimeouts + stats.loadsRejected),
    remoteCalls: traffic.calls / seconds,
    remoteFailures: (traffic.failures + traffic.timeouts) / seconds,
    remoteP50Ms: known(wereCalls, traffic.p50Ms),
    remoteP95Ms: known(wereCalls, traffic.p95Ms),
    remoteP99Ms: known(wereCalls, traffic.p99Ms),
    loadP95Ms: known(loads.length > 0, quantile(loads, 0.95)),
  }
}
