import { CacheClosedError, InvalidOptionError, systemClock, type Cache, type Duration } from '@holdfast/core'
import { FleetLease } from './fleet-lease.ts'
import { parseJob, type Job } from './job.ts'
import { Listeners } from './listeners.ts'
import { parseLength, parseSettings, type Settings, type WarmerOptions } from './options.ts'
import type { WarmEvents, WarmOutcome, WarmReport } from './report.ts'
import { runJobs } from './run.ts'
import { Slots } from './slots.ts'
import { whileWanted } from './wanted.ts'

/** How one run is asked for. */
export interface WarmRunOptions {
  /** Load what is fresh, too. @default false */
  readonly force?: boolean | undefined
  /** Ends this caller's wait with the signal's reason; the run ends when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined
}

/** How runs follow each other. */
export interface WarmSchedule {
  /** The share of the interval by which each wait is shortened at random, from 0 to 1. @default 0.1 */
  readonly jitter?: number | undefined
  /** Also run now, behind whatever goes on. @default false */
  readonly now?: boolean | undefined
}

/** Loads keys ahead of their readers. */
export interface Warmer extends AsyncDisposable {
  /**
   * Runs all jobs, and resolves with what was done; joins a run of this process that is under way. Loads only what is not fresh. Never
   * rejects because of a loader, a list of keys or the remote store: look at the report, or listen.
   *
   * @throws {CacheClosedError} once the warmer is closed; the signal's reason
   */
  run(options?: WarmRunOptions): Promise<WarmReport>
  /**
   * Runs all jobs again and again until the result is disposed of. Such a run also loads what would not stay fresh until the next one,
   * and yields to what another process of the fleet did within the interval. Its timer never keeps the process alive.
   *
   * @throws {InvalidOptionError} for an interval of nothing, or a jitter that is no fraction
   */
  every(interval: Duration, schedule?: WarmSchedule): Disposable
  on<E extends keyof WarmEvents>(event: E, listener: (detail: WarmEvents[E]) => void): Disposable
  /** A run of this process is under way. */
  readonly isRunning: boolean
  readonly isClosed: boolean
  /** The last run that ended. */
  readonly last: WarmReport | undefined
  /** Ends the run under way and all schedules. The cache stays open. Idempotent. */
  close(): Promise<void>
}

/**
 * Makes a warmer of a cache. Nothing is loaded before it is told to run.
 *
 * @throws {InvalidOptionError} for an option or a job that cannot be used
 */
export function createWarmer(cache: Cache, options: WarmerOptions): Warmer {
  const settings = parseSettings(options)
  const jobs = options.jobs.map((job, index) => parseJob(job, index, cache))
  return new OwnWarmer(cache, jobs, settings)
}

interface Terms {
  readonly isForced: boolean
  /** Of a scheduled run: how long it is until the next one at most. */
  readonly intervalMs: number | undefined
}

interface Active {
  readonly ended: Promise<WarmReport>
  readonly abort: AbortController
  waiters: number
}

class OwnWarmer implements Warmer {
  readonly #cache: Cache
  readonly #jobs: readonly Job[]
  readonly #settings: Settings
  readonly #slots: Slots
  readonly #listeners = new Listeners()
  readonly #schedules = new Set<Disposable>()
  /** For how long a run that ended keeps the scheduled runs of others from doing it again: what the shortest wait of a schedule is. */
  #doneForMs = 0
  #active: Active | undefined
  #last: WarmReport | undefined
  #isClosed = false

  constructor(cache: Cache, jobs: readonly Job[], settings: Settings) {
    this.#cache = cache
    this.#jobs = jobs
    this.#settings = settings
    this.#slots = new Slots(settings)
  }

  get isRunning(): boolean {
    return this.#active !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get last(): WarmReport | undefined {
    return this.#last
  }

  on<E extends keyof WarmEvents>(event: E, listener: (detail: WarmEvents[E]) => void): Disposable {
    return this.#listeners.on(event, listener)
  }

  async run(options: WarmRunOptions = {}): Promise<WarmReport> {
    return this.#join({ isForced: options.force ?? false, intervalMs: undefined }, options.signal)
  }

  every(interval: Duration, schedule: WarmSchedule = {}): Disposable {
    const intervalMs = parseLength('interval', interval)
    const { jitter = 0.1, now = false } = schedule
    if (!(jitter >= 0 && jitter <= 1))
      throw new InvalidOptionError(`Expected \`jitter\` to be a number from 0 to 1, got ${jitter}.`)
    if (this.#isClosed) throw closed()
    let timer: unknown
    const runBehind = (terms: Terms): void => {
      // It rejects only when the warmer is closed.
      this.#join(terms, undefined).then(wait, () => undefined)
    }
    const wait = (): void => {
      if (!this.#schedules.has(own)) return
      const delayMs = intervalMs * (1 - jitter * this.#settings.random())
      timer = systemClock.setTimer(() => runBehind({ isForced: false, intervalMs }), delayMs)
    }
    const own: Disposable = {
      [Symbol.dispose]: () => {
        this.#schedules.delete(own)
        systemClock.clearTimer(timer)
      },
    }
    this.#schedules.add(own)
    this.#doneForMs = intervalMs * (1 - jitter)
    if (now) runBehind({ isForced: false, intervalMs: undefined })
    else wait()
    return own
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const schedule of this.#schedules) schedule[Symbol.dispose]()
    this.#active?.abort.abort(closed())
    await this.#active?.ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #join(terms: Terms, signal: AbortSignal | undefined): Promise<WarmReport> {
    if (this.#isClosed) throw closed()
    signal?.throwIfAborted()
    const active = (this.#active ??= this.#begin(terms))
    active.waiters++
    try {
      return await whileWanted(active.ended, signal)
    } finally {
      active.waiters--
      // A run that has ended already may have been followed by another, which shares its places.
      if (active.waiters === 0 && this.#active === active) active.abort.abort(signal?.reason)
    }
  }

  #begin(terms: Terms): Active {
    const abort = new AbortController()
    const ended = this.#run(terms, abort).then((report) => {
      this.#active = undefined
      this.#last = report
      this.#listeners.emit('ended', report)
      return report
    })
    return { ended, abort, waiters: 0 }
  }

  /** Never rejects. */
  async #run(terms: Terms, abort: AbortController): Promise<WarmReport> {
    const { leaseMs, deadlineMs } = this.#settings
    const startedAt = performance.now()
    let outcome: WarmOutcome | undefined
    const end = (reason: WarmOutcome): void => {
      outcome ??= reason
      abort.abort(new Error(`The warming run ended: ${reason}.`))
    }
    const report = (jobs: WarmReport['jobs']): WarmReport => ({
      outcome: outcome ?? (abort.signal.aborted ? 'aborted' : 'done'),
      durationMs: performance.now() - startedAt,
      jobs,
    })
    const isFleet = leaseMs !== undefined && this.#cache.describe().remote !== undefined
    const lease = isFleet ? new FleetLease(this.#cache, this.#settings.name, leaseMs) : undefined
    const deadline = systemClock.setTimer(() => end('late'), deadlineMs)
    abort.signal.addEventListener('abort', () => this.#slots.forgetWaiting(), { once: true })
    try {
      const turn = await lease?.take(terms.intervalMs !== undefined, abort.signal)
      if (turn !== undefined && turn !== 'held') {
        end(turn)
        return report([])
      }
      const letGo = lease?.keep(end)
      const jobs = await runJobs(this.#jobs, {
        settings: this.#settings,
        slots: this.#slots,
        listeners: this.#listeners,
        signal: abort.signal,
        isForced: terms.isForced,
        freshForMs: terms.intervalMs ?? 0,
        onUnreachable: () => end('unreachable'),
      })
      // What was loaded last is on its way to the store, on the connection that this goes over.
      await this.#cache.ping().catch(() => undefined)
      letGo?.()
      const ended = report(jobs)
      // Whoever has the turn now keeps it. A run that was cut short is for another to do again.
      const isOurs = ended.outcome !== 'elsewhere' && ended.outcome !== 'unreachable'
      if (isOurs) await lease?.end(ended.outcome === 'aborted' ? 0 : this.#doneForMs)
      return ended
    } catch {
      // Only waiting for the turn ends like this: with the signal, or a closed cache.
      return report([])
    } finally {
      systemClock.clearTimer(deadline)
    }
  }
}

function closed(): CacheClosedError {
  return new CacheClosedError('The warmer is closed.')
}
