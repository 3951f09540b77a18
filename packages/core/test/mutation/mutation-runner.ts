import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import {
  describe,
  TestRunner,
  vi,
  type RunnerTask,
  type RunnerTestCase,
  type RunnerTestFile,
  type RunnerTestSuite,
} from 'vitest'
import { installSwitch, nobody } from './mutant-switch.ts'
import type { Judged, Run, Told } from './run.ts'

const run = JSON.parse(process.env['HOLDFAST_MUTATION'] ?? '{}') as Run
const mutant = installSwitch()

/** What a test does to a mutant, known from a run in which nothing is broken. */
interface Known {
  readonly test: RunnerTestCase
  readonly met: ReadonlySet<number>
  readonly ticks: number
  readonly ms: number
}

/** Runs all tests once with nothing broken, and then, for each mutant, the tests that met its place, until one fails. */
export default class MutationRunner extends TestRunner {
  readonly #known: Known[] = []
  #begunAt = 0
  #atLoad = new Set<number>()
  #lastKiller: string | undefined

  override onBeforeTryTask(test: RunnerTestCase, options: { retry: number; repeats: number }): void {
    super.onBeforeTryTask(test, options)
    if (this.#known.length === 0) this.#atLoad = mutant.met
    mutant.met = new Set()
    mutant.ticks = 0
    this.#begunAt = performance.now()
  }

  override onAfterTryTask(test: RunnerTestCase): void {
    super.onAfterTryTask(test)
    this.#known.push({ test, met: mutant.met, ticks: mutant.ticks, ms: performance.now() - this.#begunAt })
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite)
    if (suite === suite.file) await this.#judgeAll(suite.file)
  }

  async #judgeAll(file: RunnerTestFile): Promise<void> {
    const failed = failures([file])
    if (failed.length > 0) return tell({ type: 'failed', why: `With nothing broken fails: ${failed.join('; ')}` })
    const inOrder = [...this.#known]
    this.#known.sort((a, b) => a.ms - b.ms)
    for (const id of run.ids) {
      tell({ type: 'begun', id })
      const meeting = this.#known.filter(({ met }) => met.has(id))
      let judged: Judged = { type: 'judged', id, verdict: 'unmet' }
      if (meeting.length > 0) judged = await this.#judge(id, meeting)
      if (judged.by === undefined && this.#atLoad.has(id)) judged = await this.#judgeAtLoad(id, file, inOrder)
      tell(judged)
    }
    for (const known of this.#known) {
      const why = await outcomeOf(known)
      if (why !== undefined) tell({ type: 'failed', why: `Afterwards fails: ${known.test.name}: ${inspect(why)}` })
    }
    tell({ type: 'finished' })
  }

  async #judge(id: number, meeting: Known[]): Promise<Judged> {
    // What has killed a neighbour will often kill this one.
    const last = meeting.findIndex(({ test }) => test.name === this.#lastKiller)
    if (last > 0) meeting.unshift(...meeting.splice(last, 1))
    mutant.active = id
    let judged: Judged = { type: 'judged', id, verdict: 'survived' }
    for (const known of meeting) {
      const why = await outcomeOf(known)
      if (why === undefined) continue
      const by = known.test.name
      judged = {
        type: 'judged',
        id,
        verdict: why === endless ? 'endless' : 'killed',
        by,
        why: inspect(why).slice(0, 200),
      }
      this.#lastKiller = by
      break
    }
    mutant.active = nobody
    return judged
  }

  /** Loads all modules anew with the mutant on, for what runs only then. */
  async #judgeAtLoad(id: number, file: RunnerTestFile, inOrder: readonly Known[]): Promise<Judged> {
    mutant.active = id
    vi.resetModules()
    try {
      const again = describe(`mutant ${id}`, async () => {
        await import(join(import.meta.dirname, 'every.ts'))
      })
      const suite = await again.collect(file)
      // The same tests in the same order.
      const tests = testsIn(suite.tasks)
      const meeting = inOrder.map((known, at) => ({ ...known, test: tests[at]! })).sort((a, b) => a.ms - b.ms)
      return await this.#judge(id, meeting)
    } catch (error) {
      return { type: 'judged', id, verdict: 'killed', by: 'loading', why: inspect(error) }
    } finally {
      mutant.active = nobody
      vi.resetModules()
    }
  }
}

function testsIn(tasks: readonly RunnerTask[]): readonly RunnerTestCase[] {
  return tasks.flatMap((task) => ('tasks' in task ? testsIn(task.tasks) : [task]))
}

const endless = 'It does not end.'

/** Runs a test with its hooks: why it failed, or `undefined`. */
async function outcomeOf({ test, ticks, ms }: Known): Promise<unknown> {
  const suites: RunnerTestSuite[] = []
  for (let suite = test.suite ?? test.file; ; suite = suite.suite ?? test.file) {
    suites.unshift(suite)
    if (suite === test.file) break
  }
  const cleanups: (() => unknown)[] = []
  mutant.ticks = 0
  mutant.maxTicks = ticks * 20 + 20_000
  const strays: unknown[] = []
  const astray = (error: unknown): void => void strays.push(error)
  process.on('unhandledRejection', astray)
  process.on('uncaughtException', astray)
  try {
    const all = async (): Promise<void> => {
      try {
        for (const suite of suites)
          for (const hook of TestRunner.getSuiteHooks(suite).beforeEach) {
            const cleanup: unknown = await hook(test.context, suite)
            if (typeof cleanup === 'function') cleanups.push(cleanup as () => unknown)
          }
        await TestRunner.getTestFn(test)()
      } finally {
        for (const suite of suites.toReversed())
          for (const hook of TestRunner.getSuiteHooks(suite).afterEach.toReversed()) await hook(test.context, suite)
        for (const cleanup of cleanups.toReversed()) await cleanup()
      }
    }
    const outcome = await Promise.race([
      all().then(
        () => undefined,
        (error: unknown) => error ?? 'failed',
      ),
      untilIdle(ms),
    ])
    const isOver = mutant.ticks > mutant.maxTicks
    mutant.maxTicks = Number.POSITIVE_INFINITY
    await new Promise((resolve) => setImmediate(resolve))
    return isOver ? endless : (outcome ?? strays[0])
  } finally {
    mutant.maxTicks = Number.POSITIVE_INFINITY
    process.off('unhandledRejection', astray)
    process.off('uncaughtException', astray)
  }
}

/** Resolves when nothing has moved for so long that nothing will: looks counted, not time, for the machine may be busy. */
function untilIdle(ms: number): Promise<typeof endless> {
  return new Promise((resolve) => {
    let looks = 0
    let seen = mutant.ticks
    const look = (): void => {
      looks = seen === mutant.ticks ? looks + 1 : 0
      seen = mutant.ticks
      if (looks > 15 + (ms * 3) / 20) resolve(endless)
      else setTimeout(look, 20).unref()
    }
    look()
  })
}

function failures(tasks: readonly RunnerTask[]): readonly string[] {
  return tasks.flatMap((task) =>
    'tasks' in task
      ? [...(task.result?.errors ?? []).map(() => task.name), ...failures(task.tasks)]
      : task.result?.state === 'fail'
        ? [task.name]
        : [],
  )
}

function tell(told: Told): void {
  appendFileSync(run.log, `${JSON.stringify(told)}\n`)
}
