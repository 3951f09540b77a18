import { systemClock, type LoadContext } from '@holdfast/core'
import {
  createWarmer,
  type Warmer,
  type WarmBatchJob,
  type WarmerOptions,
  type WarmJob,
  type WarmKeys,
  type WarmReport,
  type WarmRunOptions,
} from '@holdfast/warm'
import { onTopOf, toReadOptions, type KitDefaults, type KitReadOptions } from './kit-read-options.ts'
import type { KitBase } from './read-through.ts'
import { lazily } from './shared-cache.ts'

interface KitJobBase extends Omit<
  KitReadOptions<never>,
  'signal' | 'force' | 'skipRemote' | 'refreshAhead' | 'softTimeout'
> {
  /** What the job is called in reports. @default its key, or `'job 1'` by its place in the list */
  readonly name?: string | undefined
}

/** What to load ahead: one key, keys one by one, or keys several at once. Numbers are seconds. */
export type KitWarmJob = KitJobBase &
  (
    | { readonly key: string; readonly load: (key: string, context: LoadContext) => unknown }
    | { readonly keys: WarmKeys; readonly load: (key: string, context: LoadContext) => unknown }
    | { readonly keys: WarmKeys; readonly loadMany: WarmBatchJob['loadMany']; readonly batch?: number | undefined }
  )

/** How gently the jobs are run, see `createWarmer`. */
export type KitWarming = Omit<WarmerOptions, 'jobs' | 'name'>

/** Loads what is wanted often before anybody asks for it. */
export interface CacheWarmer {
  /**
   * Runs the jobs of `createKit({ warm })`, skips what is fresh, and resolves with what was done; joins a run that is under way. Never
   * rejects because of a loader or Redis.
   */
  warmCache(options?: WarmRunOptions): Promise<WarmReport>
  readonly isRunning: boolean
  /** The last run that ended in this process. */
  readonly last: WarmReport | undefined
}

/** When a kit's jobs run by themselves. */
export interface WarmTimes {
  readonly isOnStart: boolean
  /** `undefined`: not again and again. */
  readonly intervalSeconds: number | undefined
}

export interface KitWarmParts {
  readonly jobs: readonly KitWarmJob[]
  readonly warming: KitWarming | undefined
  readonly times: WarmTimes
}

/** @throws {InvalidOptionError} for a job that cannot be used */
export function cacheWarmer(base: KitBase, parts: KitWarmParts): CacheWarmer {
  const { shared } = base
  if (parts.jobs.length > 0 && !base.isBypassed) openWarmer(base, parts)
  // Asked anew each time: a later kit of the cache has the newer jobs, as after hot reloading, or in another bundle of the application.
  return {
    warmCache: async (options) => (shared.warmer === undefined ? nothing(base) : shared.warmer.run(options)),
    get isRunning() {
      return shared.warmer?.isRunning ?? false
    },
    get last() {
      return shared.warmer?.last
    },
  }
}

function openWarmer({ shared, log, defaults }: KitBase, { jobs, warming, times }: KitWarmParts): void {
  const warmer = createWarmer(lazily(shared), { ...warming, jobs: jobs.map((job) => toWarmJob(job, defaults)) })
  warmer.on('failed', ({ job, error, willRetry }) => {
    if (!willRetry) log.once(`warming ${job}`, `warming: ${job}: a load failed: ${nameOf(error)}`)
  })
  warmer.on('ended', (report) => log.event(describeRun(report)))
  shared.keepWarmer(warmer)
  start(warmer, times)
}

function nothing({ log, isBypassed }: KitBase): WarmReport {
  if (!isBypassed) log.once('nothing to warm', 'there is nothing to warm: say what with `warm` of createKit.')
  return { outcome: 'done', durationMs: 0, jobs: [] }
}

/** After the module that makes the kit has been read, so that importing it opens nothing. */
function start(warmer: Warmer, { isOnStart, intervalSeconds }: WarmTimes): void {
  if (!isOnStart && intervalSeconds === undefined) return
  systemClock.setTimer(() => {
    if (warmer.isClosed) return
    if (intervalSeconds !== undefined) warmer.every(`${intervalSeconds}s`, { now: isOnStart })
    // It rejects only when the warmer is closed.
    else warmer.run().catch(() => undefined)
  }, 0)
}

function toWarmJob(job: KitWarmJob, defaults: KitDefaults): WarmJob {
  const { name, ...rest } = job
  const { key, keys, load, loadMany, batch, ...options } = rest as KitReadOptions & {
    readonly key?: string
    readonly keys?: WarmKeys
    readonly load?: () => unknown
    readonly loadMany?: WarmBatchJob['loadMany']
    readonly batch?: number
  }
  const { softTimeout: _soft, refreshAhead: _ahead, ...reading } = toReadOptions(onTopOf(defaults, options))
  return {
    name: name ?? key,
    keys: key === undefined ? keys : [key],
    ...reading,
    load,
    ...(loadMany === undefined ? {} : { loadMany, batch }),
  } as WarmJob
}

function describeRun({ outcome, durationMs, jobs }: WarmReport): string {
  const counts = jobs.map(({ job, loaded, fresh, failed }) => `${job} ${loaded} loaded ${fresh} fresh ${failed} failed`)
  return `warming ${[outcome, ...counts].join(', ')} ${durationMs.toFixed(0)} ms`
}

/** Its message is left out: errors of databases quote values. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

/** A report as JSON has it, with the names of errors alone. */
export function reportAsJson(report: WarmReport): unknown {
  const jobs = report.jobs.map(({ error, ...job }) => (error === undefined ? job : { ...job, error: nameOf(error) }))
  return { ...report, durationMs: Math.round(report.durationMs), jobs }
}
