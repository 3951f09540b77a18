import { UsageError } from '@holdfast/bench/exit'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Conditions } from '../thresholds.ts'
import { parseExpression, type ParsedExpression } from './expression.ts'

/** The conditions of a scenario, understood. */
export type Plan = readonly { readonly metric: string; readonly expression: ParsedExpression }[]

/**
 * Understands conditions before anything runs.
 *
 * @throws {UsageError} for a metric that the scenario does not measure, a condition that it cannot meet, and none at all
 */
export function planOf(scenario: Scenario, conditions: Conditions | undefined): Plan {
  const plan = Object.entries(conditions ?? {}).flatMap(([metric, expressions]) => {
    const kind = Object.hasOwn(scenario.metrics, metric) ? scenario.metrics[metric] : undefined
    if (kind === undefined) {
      const known = Object.keys(scenario.metrics).join(', ')
      throw new UsageError(`${scenario.name} does not measure ${metric}. It measures: ${known}.`)
    }
    return expressions.map((text) => ({ metric, expression: parseExpression(text, kind) }))
  })
  if (plan.length === 0)
    throw new UsageError(`There is no condition on ${scenario.name}: it would pass whatever happens.`)
  return plan
}
