import { UsageError } from '@holdfast/bench/exit'
import type { MetricKind } from './metric.ts'

type Comparison = '<' | '<=' | '==' | '>=' | '>'
type Bound = `${number}` | `${number}${'ms' | 's' | '%'}`
type Aggregate = 'count' | 'rate' | 'value' | 'reduction' | 'max' | `p(${number})` | 'delay' | 'faster' | 'ratio'

/**
 * A condition on a metric: `'p(99)<100ms'`. `count`: of a count. `rate`, `value`: of a share. `reduction`: of a reduction. `p(…)`, `max`:
 * of times, a quantile by its upper bound. `delay`: of a delay. `faster`: how much smaller the first of pairs is, by its lower
 * bound. `ratio`: by its lower bound.
 */
export type Expression = `${Aggregate}${Comparison}${Bound}`

/** An expression, understood. */
export interface ParsedExpression {
  readonly text: string
  readonly aggregate: 'count' | 'rate' | 'value' | 'reduction' | 'max' | 'quantile' | 'delay' | 'faster' | 'ratio'
  /** The q of a quantile, from 0 to 1. */
  readonly q: number
  readonly comparison: Comparison
  /** Lengths of time in milliseconds, percentages as shares. */
  readonly bound: number
}

const kindsOf: Readonly<Record<ParsedExpression['aggregate'], readonly MetricKind[]>> = {
  count: ['count'],
  rate: ['share'],
  value: ['share'],
  reduction: ['reduction'],
  max: ['times', 'ages'],
  quantile: ['times', 'ages'],
  delay: ['delay'],
  faster: ['pairs'],
  ratio: ['ratio'],
}

const grammar =
  /^(?:(count|rate|value|reduction|max|delay|faster|ratio)|p\((\d+(?:\.\d+)?)\))(<=|>=|==|<|>)(\d+(?:\.\d+)?)(ms|s|%)?$/

/** @throws {UsageError} for an expression that cannot be understood, or that asks a metric for what it is not */
export function parseExpression(text: string, kind: MetricKind): ParsedExpression {
  const match = grammar.exec(text.replaceAll(' ', ''))
  if (match === null) throw new UsageError(`Expected a condition such as p(99)<100ms or value>=0.8, got ${text}.`)
  const [, name, quantile, comparison, number, unit] = match
  const aggregate = (name ?? 'quantile') as ParsedExpression['aggregate']
  if (!kindsOf[aggregate].includes(kind))
    throw new UsageError(`${text} asks for ${kindsOf[aggregate].join(' or ')}, and the metric is of ${kind}.`)
  const isTime = kind === 'times' || kind === 'ages' || kind === 'delay'
  if (isTime !== (unit === 'ms' || unit === 's'))
    throw new UsageError(`${text} compares with another unit than the metric has.`)
  return {
    text,
    aggregate,
    q: Number(quantile) / 100,
    comparison: comparison as Comparison,
    bound: unit === 's' ? Number(number) * 1_000 : unit === '%' ? Number(number) / 100 : Number(number),
  }
}

export function compares(value: number, { comparison, bound }: ParsedExpression): boolean {
  if (comparison === '<') return value < bound
  if (comparison === '<=') return value <= bound
  if (comparison === '==') return value === bound
  if (comparison === '>=') return value >= bound
  return value > bound
}
