import { quantile } from '@holdfast/bench/stats/quantile'
import type { ApiMode } from '../app/cache.ts'
import { sortedColumn } from '../measure/slice.ts'
import type { TimedReading } from '../processes/meter-watch.ts'
import type { Screen } from '../report/screen.ts'
import { judgeLine, type JudgedLine } from '../verdict/judge-line.ts'
import { judgeOutcome, type Outcome } from '../verdict/outcome.ts'
import type { Plan } from '../verdict/plan.ts'
import type { Scenario } from './scenario.ts'
import { Stage, type Drive, type Mark, type Settings } from './stage.ts'

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
  const judged = judgeOutcome(lines, {
    doubt,
    lagMs: Math.max(0, ...stage.drives.map(({ result }) => lagOf(result.samples))),
    stoodStillMs: Math.max(0, ...stage.drives.map(({ result }) => result.generator.loopDelayMaxMs)),
  })
  return {
    name: scenario.name,
    title: scenario.title,
    mode,
    outcome: judged.outcome,
    lines,
    notes,
    drives: stage.drives,
    marks: stage.marks,
    readings: stage.watches.map(({ readings }) => readings),
    doubt: judged.doubt,
    startedAt,
    durationMs: Date.now() - startedAt,
  }
}

function lagOf(samples: Drive['result']['samples']): number {
  return samples.count === 0 ? 0 : quantile(sortedColumn(samples, {}, 'lag'), 0.99)
}
