import { quantile } from '@holdfast/bench/stats/quantile'
import type { ApiMode } from '../app/cache.ts'
import { sortedColumn } from '../measure/slice.ts'
import type { TimedReading } from '../processes/meter-watch.ts'
import type { Screen } from '../report/screen.ts'
import { judgeLine, type JudgedLine } from '../verdict/judge-line.ts'
import type { Plan } from '../verdict/plan.ts'
import type { Scenario } from './scenario.ts'
import { Stage, type Drive, type Mark, type Settings } from './stage.ts'

/** `untrusted`: a condition was not met, and something else than the cache may be why. */
export type Outcome = 'pass' | 'fail' | 'untrusted'

/** A scenario that was played once. */
export interface Played {
  readonly name: string
  readonly title: string
  readonly mode: ApiMode
  readonly outcome: Outcome
  readonly lines: readonly JudgedLine[]
  readonly notes: readonly string[]
  readonly drives: readonly Drive[]
  readonly marks: readonly Mark[]
  /** What the watched API processes said of themselves. */
  readonly readings: readonly (readonly TimedReading[])[]
  /** Why it is untrusted. */
  readonly doubt: string | undefined
  readonly startedAt: number
  readonly durationMs: number
}

/** A generator that stood still for so long did not give the API the load that the scenario is about. */
const standstillMs = 1_000

/** Later than this, and a latency says as much of the generator as of the API. */
const tolerableLagMs = 5

export interface Playing {
  readonly mode: ApiMode
  readonly plan: Plan
  readonly settings: Settings
  readonly screen: Screen
  /** What is closed when the whole run is interrupted. */
  readonly ending: AsyncDisposableStack
}

/** Plays a scenario in a mode, and judges it. */
export async function play(scenario: Scenario, { mode, plan, settings, screen, ending }: Playing): Promise<Played> {
  const startedAt = Date.now()
  await using stack = new AsyncDisposableStack()
  ending.use(stack)
  const stage = new Stage({ settings, mode, stack, screen })
  const { metrics, notes, doubt } = await scenario.run(stage)
  const lines = plan.map(({ metric, expression }) => judgeLine(metric, expression, metrics[metric]!))
  const generatorLagMs = Math.max(0, ...stage.drives.map(({ result }) => lagOf(result.samples)))
  const stoodStillMs = Math.max(0, ...stage.drives.map(({ result }) => result.generator.loopDelayMaxMs))
  const outcome = stoodStillMs > standstillMs ? 'untrusted' : outcomeOf(lines, { doubt, generatorLagMs })
  return {
    name: scenario.name,
    title: scenario.title,
    mode,
    outcome,
    lines,
    notes,
    drives: stage.drives,
    marks: stage.marks,
    readings: stage.watches.map(({ readings }) => readings),
    doubt: outcome === 'untrusted' ? (doubt ?? lateness(generatorLagMs, stoodStillMs)) : undefined,
    startedAt,
    durationMs: Date.now() - startedAt,
  }
}

/**
 * Latency counts from when a request was due, so a late generator makes it longer and never shorter: what is met all the same is
 * met; what is not may be the generator's fault.
 */
function outcomeOf(
  lines: readonly JudgedLine[],
  { doubt, generatorLagMs }: { doubt: string | undefined; generatorLagMs: number },
): Outcome {
  const broken = lines.filter((line) => !line.isMet)
  if (broken.length === 0) return 'pass'
  if (doubt !== undefined) return 'untrusted'
  const isLate = generatorLagMs > tolerableLagMs
  return isLate && broken.every(({ kind, n }) => kind === 'absolute' && n > 0) ? 'untrusted' : 'fail'
}

function lagOf(samples: Drive['result']['samples']): number {
  return samples.count === 0 ? 0 : quantile(sortedColumn(samples, {}, 'lag'), 0.99)
}

function lateness(generatorLagMs: number, stoodStillMs: number): string {
  if (stoodStillMs > standstillMs)
    return `The load generator stood still for ${(stoodStillMs / 1_000).toFixed(1)} s, so the API was not under the load that this is about.`
  return `The load generator was late itself (p99 ${generatorLagMs.toFixed(0)} ms), so what is broken says nothing of the API.`
}
