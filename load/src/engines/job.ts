import type { CatalogEntry } from '../traffic/catalog.ts'
import type { TrafficOptions } from '../traffic/traffic.ts'
import type { Progress } from './open.ts'
import type { RunResult } from './run-result.ts'
import type { Arrivals } from './schedule.ts'

/** What a generator process is asked for. */
export type Job = OpenJob | SaturationJob

/** Requests that leave when they are due. */
export interface OpenJob {
  readonly engine: 'open'
  readonly urls: readonly string[]
  /** Where writes go instead, in turn. */
  readonly writeUrls?: readonly string[]
  readonly traffic: Omit<TrafficOptions, 'count'>
  /** Requests to make in turn, instead of the workload's. */
  readonly entries?: readonly CatalogEntry[]
  readonly arrivals: Arrivals
  /** Requests a second. */
  readonly rate: number
  readonly durationMs: number
  readonly timeoutMs: number
  readonly maxConnections: number
}

/** Users who send their next request when the last one is answered. */
export interface SaturationJob {
  readonly engine: 'saturate'
  readonly url: string
  readonly traffic: TrafficOptions
  readonly connections: number
  readonly timeoutMs: number
}

export type GeneratorMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'result'; readonly result: RunResult }
  | { readonly type: 'failed'; readonly error: string }
