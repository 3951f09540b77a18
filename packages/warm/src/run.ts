import { setTimeout as sleep } from 'node:timers/promises'
import { CacheClosedError, InvalidOptionError, type Inspection } from '@holdfast/core'
import pRetry from 'p-retry'
import type { Job } from './job.ts'
import type { Listeners } from './listeners.ts'
import type { Settings } from './options.ts'
import { Tally, type WarmJobReport } from './report.ts'
import type { Slots } from './slots.ts'
import { whileWanted } from './wanted.ts'

/** Waits before looking again at a store that did not answer, in milliseconds. */
const pauses = [0, 50, 100, 200, 400, 800, 1_600]

/** So many keys are looked at together, in one round trip. */
const pageSize = 500

/** What a run of the jobs needs. */
export interface RunParts {
  readonly settings: Settings
  readonly slots: Slots
  readonly listeners: Listeners
  /** Aborts the run; what was loaded by then stays. */
  readonly signal: AbortSignal
  /** Load what is fresh, too. */
  readonly isForced: boolean
  /** What will not be fresh for that much longer is loaded, too. */
  readonly freshForMs: number
  /** The remote store turned out not to answer. */
  readonly onUnreachable: () => void
}

/** Runs jobs, one after another as far as places are free. Never rejects: what goes wrong is in the reports. */
export async function runJobs(jobs: readonly Job[], parts: RunParts): Promise<readonly WarmJobReport[]> {
  const runs = jobs.map((job) => new JobRun(job, parts))
  for (const run of runs) {
    if (parts.signal.aborted) break
    await run.list()
  }
  await Promise.all(runs.map((run) => run.ended()))
  return runs.map((run) => run.tally.report())
}

class JobRun {
  readonly tally: Tally
  readonly #job: Job
  readonly #parts: RunParts
  readonly #loads = new Set<Promise<void>>()

  constructor(job: Job, parts: RunParts) {
    this.#job = job
    this.#parts = parts
    this.tally = new Tally(job.name)
  }

  /** Lists the keys, page by page, and begins to load those that need it. */
  async list(): Promise<void> {
    const { signal, slots } = this.#parts
    try {
      for await (const page of pagesOf(this.#job, signal)) {
        this.tally.keys += page.length
        const due = await this.#due(page)
        this.tally.fresh += page.length - due.length
        this.#tell()
        for (let at = 0; at < due.length; at += this.#job.batch) {
          await slots.room(signal)
          this.#begin(due.slice(at, at + this.#job.batch))
        }
      }
    } catch (error) {
      if (!signal.aborted) this.tally.error = error
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.#loads)
  }

  /** The keys whose values are not fresh, or not for long enough. */
  async #due(page: readonly string[]): Promise<readonly string[]> {
    if (this.#parts.isForced) return page
    const found = await this.#look(page)
    return page.filter((_, index) => !this.#isFresh(found[index]!))
  }

  /** What is stored under the keys. A store that is being connected to, or was slow once, is asked again. */
  async #look(page: readonly string[]): Promise<readonly Inspection[]> {
    const { signal, onUnreachable } = this.#parts
    for (const pause of pauses) {
      if (pause > 0) await sleep(pause, undefined, { signal })
      const found = await whileWanted(Promise.all(page.map((key) => this.#job.cache.inspect(key))), signal)
      if (!found.some(({ remoteMiss }) => remoteMiss?.startsWith('away') === true)) return found
    }
    // Every key would look cold, and what is loaded now would not last.
    onUnreachable()
    throw signal.reason
  }

  #isFresh({ memory, remote, remoteMiss }: Inspection): boolean {
    // Where there is a remote store the fleet's copy is what counts, not this process' own.
    const tier = remote ?? (remoteMiss === undefined ? memory : undefined)
    return tier !== undefined && tier.refused === undefined && tier.ttlMs > this.#parts.freshForMs
  }

  #begin(keys: readonly string[]): void {
    const load = this.#load(keys).finally(() => this.#loads.delete(load))
    this.#loads.add(load)
  }

  async #load(keys: readonly string[]): Promise<void> {
    const { signal, settings, slots, listeners } = this.#parts
    try {
      const loaded = await pRetry(() => slots.run(signal, (hold) => this.#attempt(keys, hold)), {
        retries: settings.retries,
        minTimeout: settings.backoffMs,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => !isFinal(error),
        onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
          if (signal.aborted) return
          const willRetry = retriesLeft > 0 && !isFinal(error)
          listeners.emit('failed', { job: this.#job.name, keys, error, attempt: attemptNumber, willRetry })
        },
      })
      this.tally.loaded += loaded
      this.tally.absent += keys.length - loaded
    } catch {
      if (signal.aborted) return
      this.tally.failed += keys.length
    }
    this.#tell()
  }

  /** One call of the loader; resolves with how many keys have a value now. */
  async #attempt(keys: readonly string[], hold: (loading: Promise<unknown>) => void): Promise<number> {
    const { cache, work, options } = this.#job
    const { signal } = this.#parts
    const held = <T>(loading: Promise<T>): Promise<T> => {
      hold(loading)
      return loading
    }
    const forced = { ...options, signal, force: true }
    if ('load' in work) {
      const [key] = keys as readonly [string]
      const value = await cache.getOrSet(key, (context) => held((async () => work.load(key, context))()), forced)
      return value === undefined ? 0 : 1
    }
    const load = (missing: readonly string[], context: { readonly signal: AbortSignal }) =>
      held((async () => work.loadMany(missing, context))())
    return (await cache.getOrSetMany(keys, load, forced)).size
  }

  #tell(): void {
    this.#parts.listeners.emit('progress', this.tally.progress())
  }
}

/** Trying again would change nothing. p-retry itself does not retry a `TypeError` that is none of the network's. */
function isFinal(error: unknown): boolean {
  return error instanceof CacheClosedError || error instanceof InvalidOptionError || error instanceof TypeError
}

/** The job's keys in pages, each key of a page once. A list that hangs ends with the signal. */
async function* pagesOf(job: Job, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const keys = await whileWanted(job.keys(), signal)
  let isOver = false
  try {
    let page = new Set<string>()
    while (!isOver) {
      const next = await whileWanted(Promise.resolve(keys.next()), signal)
      isOver = next.done === true
      if (next.done !== true) page.add(next.value)
      if (page.size === pageSize || (isOver && page.size > 0)) {
        yield [...page]
        page = new Set()
      }
    }
  } finally {
    // It may never answer, so nobody waits.
    if (!isOver) Promise.resolve(keys.return?.()).catch(() => undefined)
  }
}
