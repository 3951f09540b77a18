import type { Sample } from '../engine/sample.ts'
import { bcaInterval } from '../stats/bootstrap.ts'
import { quantile } from '../stats/quantile.ts'
import { hodgesLehmann, walshAverages } from '../stats/walsh.ts'
import type { Case, Goal, Metric } from '../suites/case.ts'
import type { CaseResult, ContenderResult, GoalResult, Ratio } from './result.ts'

/** What one process said of a case. */
export interface Replicate {
  readonly samples: readonly Sample[]
  readonly bytes: Readonly<Record<string, number>>
}

/** Turns what the processes said into ratios and goals. Contenders that a process lacks are left out. */
export function summarizeCase(
  bench: Case,
  replicates: readonly Replicate[],
  unable: Readonly<Record<string, string>>,
): CaseResult {
  const whole = bench.contenders.filter(
    (name) =>
      replicates.length > 0 && replicates.every(({ samples }) => samples.some((sample) => sample.name === name)),
  )
  const series = (name: string, field: 'time' | 'cpu' | 'meanTime'): number[] =>
    replicates.map(({ samples }) => samples.find((sample) => sample.name === name)?.[field] ?? Number.NaN)
  const ratioOf = (name: string, against: string, metric: Metric): Ratio =>
    pairedRatio(series(name, metric), series(against, metric))
  const bytesOf = (name: string): number | undefined => replicates[0]?.bytes[name]
  const baseline = whole.includes(bench.baseline) ? bench.baseline : (whole[0] ?? bench.baseline)

  const contenders = whole.map((name): ContenderResult => {
    const bytes = bytesOf(name)
    return {
      name,
      times: series(name, 'time'),
      cpus: series(name, 'cpu'),
      meanTimes: series(name, 'meanTime'),
      latencies: replicates.flatMap(({ samples }) => samples.find((sample) => sample.name === name)?.latencies ?? []),
      ...(bytes === undefined ? {} : { bytes }),
      ratio: { time: ratioOf(name, baseline, 'time'), cpu: ratioOf(name, baseline, 'cpu') },
    }
  })
  const latency = (name: string, q: number): number[] =>
    replicates.map(({ samples }) =>
      quantile(Float64Array.from(samples.find((sample) => sample.name === name)?.latencies ?? []).sort(), q),
    )
  const observe = ({ ours, against, metric }: Goal): Ratio => {
    if (metric === 'bytes') return exactRatio(bytesOf(ours), bytesOf(against))
    if (metric === 'time' || metric === 'cpu') return ratioOf(ours, against, metric)
    const q = metric === 'p50' ? 0.5 : 0.99
    return pairedRatio(latency(ours, q), latency(against, q))
  }
  const judge = (goal: Goal): GoalResult | undefined => {
    if (!whole.includes(goal.ours) || !whole.includes(goal.against)) return undefined
    const observed = observe(goal)
    if (Number.isNaN(observed.value)) return undefined
    return {
      ...goal,
      observed,
      isMet: observed.value <= goal.atMost,
      isClear: observed.high <= goal.atMost || observed.low > goal.atMost,
    }
  }
  const goals = (bench.goals ?? []).map(judge).filter((goal) => goal !== undefined)
  return { id: bench.id, title: bench.title, metric: bench.metric, baseline, contenders, goals, unable }
}

/** The Hodges–Lehmann ratio of paired values, with the bootstrap's interval; all values pair by process. */
function pairedRatio(ours: readonly number[], others: readonly number[]): Ratio {
  const logs = ours.map((value, i) => Math.log(value / (others[i] ?? Number.NaN)))
  const centre = (x: readonly number[]): number => hodgesLehmann(walshAverages(x))
  // Two processes have no spread to speak of.
  if (logs.length < 3) return { value: Math.exp(centre(logs)), low: Number.NaN, high: Number.NaN }
  const { low, high } = bcaInterval(logs, centre, { resamples: 2_000 })
  return { value: Math.exp(centre(logs)), low: Math.exp(low), high: Math.exp(high) }
}

function exactRatio(ours: number | undefined, other: number | undefined): Ratio {
  const value = (ours ?? Number.NaN) / (other ?? Number.NaN)
  return { value, low: value, high: value }
}
