import { workingCopy } from '../app/database/files.ts'
import type { ApiMode } from '../app/cache.ts'
import type { Job, OpenJob, SaturationJob } from '../engines/job.ts'
import type { RunResult } from '../engines/run-result.ts'
import { startApi, type ApiOptions, type ApiProcess } from '../processes/api.ts'
import { Generator } from '../processes/generator.ts'
import { watchMeters, type MeterWatch } from '../processes/meter-watch.ts'
import { ownRedis, type RunRedis } from '../processes/redis.ts'
import { bar, type Screen } from '../report/screen.ts'
import { makeTraffic, type TrafficOptions } from '../traffic/traffic.ts'
import { workloadOf, type Workload } from '../traffic/workload.ts'

/** What varies from run to run. */
export interface Settings {
  readonly seed: number
  /** Skew of the traffic, where it is not the workload's own. */
  readonly skew: number | undefined
  readonly rows: number
  /** As short as can be. */
  readonly isQuick: boolean
  /** The length of the main part, where a scenario lets it be chosen. */
  readonly durationMs: number | undefined
}

/** An instant of a run that is worth a line in its picture. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly label: string
  /** A fault begins or ends here: what lies between is shaded. */
  readonly fault?: 'begins' | 'ends'
}

/** One drive of the generator. */
export interface Drive {
  readonly title: string
  readonly job: Job
  readonly result: RunResult
}

/** What a scenario plays on: processes of its own, which end with it. */
export class Stage {
  readonly settings: Settings
  /** The tiers under test: the subject's, or the control's. */
  readonly mode: ApiMode
  readonly drives: Drive[] = []
  readonly marks: Mark[] = []
  readonly watches: MeterWatch[] = []
  readonly #stack: AsyncDisposableStack
  readonly #screen: Screen
  #generator: Promise<Generator> | undefined

  constructor(parts: {
    readonly settings: Settings
    readonly mode: ApiMode
    readonly stack: AsyncDisposableStack
    readonly screen: Screen
  }) {
    this.settings = parts.settings
    this.mode = parts.mode
    this.#stack = parts.stack
    this.#screen = parts.screen
  }

  /** Closes something with the scenario. */
  use<T extends AsyncDisposable>(resource: T): T {
    return this.#stack.use(resource)
  }

  /** A Redis of its own, empty. */
  async redis(config: Readonly<Record<string, string | number>> = {}): Promise<RunRedis> {
    return this.#stack.use(await ownRedis(config))
  }

  /** A copy of the database, for several processes or to look into. */
  async database(): Promise<string> {
    const { seed, rows } = this.settings
    return this.#stack.use(await workingCopy({ seed, rows })).path
  }

  /** An API process in the stage's mode, on a copy of the database of its own. */
  async api(options: Partial<ApiOptions> = {}): Promise<ApiProcess> {
    const databasePath = options.databasePath ?? (await this.database())
    return this.#stack.use(await startApi({ mode: this.mode, ...options, databasePath }))
  }

  /** The length of a scenario's main part: as asked for, or as it is by default. */
  durationMs({ quick, full }: { readonly quick: number; readonly full: number }): number {
    return this.settings.durationMs ?? (this.settings.isQuick ? quick : full)
  }

  /** Asks once for everything that a workload can ask for again. */
  async touchAll(api: ApiProcess, workload: Workload): Promise<void> {
    const { seed, rows } = this.settings
    const { catalog } = makeTraffic({ workload: { ...workload, walking: 0, isMoving: false }, seed, rows, count: 0 })
    const reads = catalog.filter((entry) => entry.type === 'read')
    this.#screen.begin(`  loading ${reads.length} keys …`)
    const next = reads.values()
    const touch = async (): Promise<void> => {
      for (const { path } of next) await (await fetch(api.url + path)).arrayBuffer()
    }
    await Promise.all(Array.from({ length: 4 }, touch))
  }

  workload(name: string): Workload {
    return workloadOf(name, this.settings.skew)
  }

  /** Requests that leave when they are due. */
  async open(
    title: string,
    options: Pick<OpenJob, 'urls' | 'rate' | 'durationMs'> &
      Partial<OpenJob> & {
        readonly workload: Workload
        /** Called when the first request is due: on a busy machine that may take a while. */
        readonly onBegin?: () => void
      },
  ): Promise<RunResult> {
    const { workload, onBegin, ...job } = options
    const { seed, rows } = this.settings
    // Longer than a loader may take (30 s): on a busy machine a database may let people wait, and that is no failure of the API.
    const shape = { arrivals: 'poisson', timeoutMs: 40_000, maxConnections: 2_000 } as const
    return this.#drive(title, { engine: 'open', traffic: { workload, seed, rows }, ...shape, ...job }, onBegin)
  }

  /** The same, to do something meanwhile: resolves when it has begun, with how it ends. */
  async openMeanwhile(
    title: string,
    options: Parameters<Stage['open']>[1],
  ): Promise<{ readonly ended: Promise<RunResult> }> {
    const begun = Promise.withResolvers<void>()
    const ended = this.open(title, { ...options, onBegin: begun.resolve })
    // Whoever waits for its end hears of its failure.
    ended.catch(() => {})
    await Promise.race([begun.promise, ended])
    return { ended }
  }

  /** As many requests as ten users who never pause can make. */
  async saturate(
    title: string,
    options: Pick<SaturationJob, 'url'> & Pick<TrafficOptions, 'workload' | 'count' | 'skip'>,
  ): Promise<RunResult> {
    const { url, ...traffic } = options
    const { seed, rows } = this.settings
    const shape = { engine: 'saturate', connections: 10, timeoutMs: 10_000 } as const
    return this.#drive(title, { ...shape, url, traffic: { ...traffic, seed, rows } })
  }

  /** Reads the meters of a process four times a second until it is disposed of, for the scenario and for its picture. */
  watch(api: ApiProcess): MeterWatch {
    const watch = watchMeters(api, 250)
    this.watches.push(watch)
    return watch
  }

  /** Notes an instant of the run, and returns it. */
  mark(label: string, fault?: Mark['fault']): number {
    const at = Date.now()
    this.marks.push({ at, label, ...(fault === undefined ? {} : { fault }) })
    this.#screen.line(`  ${new Date(at).toISOString().slice(11, 23)}  ${label}`)
    return at
  }

  async #drive(title: string, job: Job, onBegin?: () => void): Promise<RunResult> {
    this.#screen.begin(`  ${title} …`)
    this.#generator ??= Generator.start().then((generator) => this.#stack.use(generator))
    const generator = await this.#generator
    const result = await generator.run(job, ({ elapsedMs, answered, failed }) => {
      onBegin?.()
      const share = job.engine === 'open' ? elapsedMs / job.durationMs : (answered + failed) / job.traffic.count
      this.#screen.progress(`  ${bar(share)} ${title}: ${answered} answered, ${failed} failed`)
    })
    this.drives.push({ title, job, result })
    return result
  }
}
