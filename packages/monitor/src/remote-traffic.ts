import type { CallSummary, HistogramBucket, Stats } from '@holdfast/core'
import { bucketsSince, quantile } from './quantile.ts'

/** What went to the remote store between two instants. */
export interface RemoteTraffic {
  /** Calls that were answered, or waited for until their deadline. */
  readonly calls: number
  /** Those among them that were not answered. */
  readonly timeouts: number
  /** Calls that failed otherwise or were refused; not among `calls`. */
  readonly failures: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Asked by the monitor itself, and no part of the application's traffic. */
const ownOperations: ReadonlySet<string> = new Set(['info', 'ping'])

export function trafficBetween(before: Stats | undefined, after: Stats): RemoteTraffic {
  let calls = 0
  let timeouts = 0
  let failures = 0
  let buckets: readonly HistogramBucket[] = []
  for (const [operation, now] of Object.entries(after.shared.remoteCalls)) {
    if (ownOperations.has(operation)) continue
    const then: CallSummary | undefined = before?.shared.remoteCalls[operation]
    calls += now.count - (then?.count ?? 0)
    timeouts += now.timeouts - (then?.timeouts ?? 0)
    failures += now.failures - (then?.failures ?? 0)
    buckets = [...buckets, ...bucketsSince(then?.buckets, now.buckets)]
  }
  const at = (q: number): number => quantile(buckets, q)
  return { calls, timeouts, failures, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}
