import type {
  CallSummary,
  HistogramSummary,
  Inspection,
  KnownTag,
  RemoteDescription,
  RemoteInfo,
  SharedStats,
  Stats,
} from '@holdfast/core'
import type { Health } from '../health.ts'
import type { Alert, RuleStatus } from '../rule-watch.ts'
import type { HistoryPoint } from './history.ts'
import type { SeenKey } from './key-ring.ts'

/** What the page is given every two seconds. */
export interface DashboardState {
  readonly cache: string
  /** In milliseconds since the epoch. */
  readonly at: number
  readonly access: DashboardAccess
  readonly health: Health
  /** The last five minutes, oldest first. */
  readonly history: readonly HistoryPoint[]
  readonly totals: Omit<Stats, 'shared' | 'loadLatency'> & {
    readonly loadLatency: Omit<HistogramSummary, 'buckets'>
    readonly shared: Omit<SharedStats, 'remote' | 'remoteCalls'>
  }
  readonly remote: (RemoteDescription & { readonly info: RemoteInfo | undefined }) | undefined
  readonly calls: readonly ({ readonly operation: string } & Omit<CallSummary, 'buckets'>)[]
  readonly rules: readonly RuleStatus[]
  readonly alerts: readonly Alert[]
  /** Names of keys, for who has the token. */
  readonly keys?: {
    readonly windowSeconds: number
    /** One in so many reads is looked at. */
    readonly oneIn: number
    /** All reads in the window, estimated as those of each key are. */
    readonly total: number
    readonly read: readonly SeenKey[]
    readonly loaded: readonly SeenKey[]
  }
  readonly tags?: readonly KnownTag[]
  readonly invalidations?: readonly SeenInvalidationOf[]
}

/** What whoever looks may do. */
export interface DashboardAccess {
  /** Sees names of keys and tags, and may inspect. */
  readonly keys: boolean
  readonly values: boolean
  readonly invalidate: boolean
}

/** Something that was invalidated. */
export interface SeenInvalidationOf {
  readonly at: number
  readonly origin: 'local' | 'remote'
  readonly type: 'keys' | 'tags' | 'pattern' | 'all'
  readonly names: readonly string[]
  /** How many names are left out. */
  readonly more: number
}

/** What is known of a key; its value as text, where values are shown. */
export interface Inspected extends Inspection {
  readonly value?: string
}
