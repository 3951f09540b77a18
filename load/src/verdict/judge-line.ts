import { quantile, quantileBounds } from '@holdfast/bench/stats/quantile'
import { formatMs } from '@holdfast/bench/report/units'
import { hodgesLehmann, upperBound, walshAverages } from '@holdfast/bench/stats/walsh'
import { compares, type ParsedExpression } from './expression.ts'
import type { Metric } from './metric.ts'

/** How sure a line can be. `exact`: counted. `ratio`: of two things measured together. `absolute`: in milliseconds of this machine. */
export type LineKind = 'exact' | 'ratio' | 'absolute'

/** A condition, and whether it was met. */
export interface JudgedLine {
  readonly metric: string
  readonly expression: string
  readonly kind: LineKind
  /** How many values it rests on. */
  readonly n: number
  /** What was measured, for people. */
  readonly observed: string
  /** The bound of what was measured that had to meet the condition; the same where it is exact. */
  readonly judged: string
  readonly isMet: boolean
  /** Why it could not be met, whatever was measured. */
  readonly reason?: string
}

/** The error that a bound of a quantile or a ratio may have. */
const alpha = 0.05

/** Judges one condition. Where nothing was measured, it is not met. */
export function judgeLine(name: string, expression: ParsedExpression, metric: Metric): JudgedLine {
  const { n, kind, observed, judged, show } = measure(expression, metric)
  const line = { metric: name, expression: expression.text, kind, n, observed: show(observed), judged: show(judged) }
  if (metric.kind === 'delay' && metric.ms === undefined)
    return { ...line, observed: '–', judged: '–', isMet: false, reason: 'it never came' }
  if (n === 0) return { ...line, observed: '–', judged: '–', isMet: false, reason: 'nothing was measured' }
  if (!Number.isFinite(judged))
    return { ...line, judged: '–', isMet: false, reason: `${n} values are too few for a bound` }
  return { ...line, isMet: compares(judged, expression) }
}

interface Measured {
  readonly n: number
  readonly kind: LineKind
  readonly observed: number
  readonly judged: number
  readonly show: (value: number) => string
}

function measure(expression: ParsedExpression, metric: Metric): Measured {
  switch (metric.kind) {
    case 'count':
      return exact(1, metric.value, (value) => value.toLocaleString('en-US'))
    case 'share':
      return exact(
        metric.of,
        metric.part / metric.of,
        expression.aggregate === 'rate' ? percent : (value) => value.toFixed(3),
      )
    case 'reduction':
      return exact(metric.before, (metric.before - metric.after) / metric.before, percent)
    case 'delay':
      return { ...exact(1, metric.ms ?? Number.NaN, time), kind: 'absolute' }
    case 'times':
      return measureTimes(expression, metric.sorted)
    case 'ages':
      return { ...measureTimes(expression, metric.sorted), kind: 'exact' }
    case 'pairs':
      return measurePairs(metric.ratios)
    default: {
      const { n, estimate, lower } = metric
      return { n, kind: 'ratio', observed: estimate, judged: lower, show: (value) => `${value.toFixed(1)} ×` }
    }
  }
}

function measureTimes({ aggregate, q, comparison }: ParsedExpression, sorted: Float64Array): Measured {
  const kind = 'absolute'
  if (aggregate === 'max') {
    const max = sorted.at(-1) ?? Number.NaN
    return { n: sorted.length, kind, observed: max, judged: max, show: time }
  }
  const { lower, upper } = quantileBounds(sorted, q, alpha)
  const judged = comparison === '>' || comparison === '>=' ? lower : upper
  return { n: sorted.length, kind, observed: quantile(sorted, q), judged, show: time }
}

/** How much smaller the first of a pair is: 1 − ratio, with a bound that errs in one of twenty cases. */
function measurePairs(ratios: readonly number[]): Measured {
  const walsh = walshAverages(ratios.map(Math.log))
  const least = 1 - Math.exp(upperBound(walsh, ratios.length, alpha))
  return { n: ratios.length, kind: 'ratio', observed: 1 - Math.exp(hodgesLehmann(walsh)), judged: least, show: percent }
}

function exact(n: number, value: number, show: (value: number) => string): Measured {
  return { n, kind: 'exact', observed: value, judged: value, show }
}

function time(ms: number): string {
  if (ms === 0) return '0 ms'
  return ms < 0 ? `−${formatMs(-ms)}` : formatMs(ms)
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}
