import { UsageError } from '@holdfast/bench/exit'
import type { RunOptions } from '../run/options.ts'
import { selectScenarios } from '../scenarios/catalog.ts'
import type { Conditions } from '../thresholds.ts'
import { planOf } from '../verdict/plan.ts'
import { claims, type Claim } from './claims.ts'

export const claimsHelp = `pnpm load claims [claim…]      is what we say of Holdfast true? each claim by what it was measured with

${claims.map(({ name, says }) => `  ${name.padEnd(20)} ${says}`).join('\n')}

  takes the options of pnpm load; load/src/claims/claims.ts has every claim with its conditions`

/** @throws {UsageError} for a name that is none */
export function selectClaims(names: readonly string[], expected: Conditions): readonly Claim[] {
  const unknown = names.find((name) => claims.every((claim) => claim.name !== name))
  if (unknown !== undefined)
    throw new UsageError(`Unknown claim ${unknown}. Known ones: ${claims.map(({ name }) => name).join(', ')}.`)
  const chosen = claims.filter(({ name }) => names.length === 0 || names.includes(name))
  for (const metric of Object.keys(expected)) {
    if (chosen.every(({ proof }) => Object.values(proof).every((conditions) => !Object.hasOwn(conditions, metric))))
      throw new UsageError(`No claim rests on ${metric}.`)
  }
  return chosen.map((claim) => ({ ...claim, proof: withExpected(claim.proof, expected) }))
}

function withExpected(proof: Claim['proof'], expected: Conditions): Claim['proof'] {
  const replaced = (conditions: Conditions): Conditions =>
    Object.fromEntries(Object.entries(conditions).map(([metric, usual]) => [metric, expected[metric] ?? usual]))
  return Object.fromEntries(Object.entries(proof).map(([scenario, conditions]) => [scenario, replaced(conditions)]))
}

/**
 * The scenarios that claims rest on, each once, with the conditions of all of them.
 *
 * @throws {UsageError} for a scenario or a metric that there is not
 */
export function planClaims(chosen: readonly Claim[]): RunOptions['chosen'] {
  const byScenario = new Map<string, Record<string, Conditions[string]>>()
  for (const { proof } of chosen) {
    for (const [scenario, conditions] of Object.entries(proof)) {
      const all = byScenario.get(scenario) ?? {}
      byScenario.set(scenario, all)
      for (const [metric, expressions] of Object.entries(conditions))
        all[metric] = [...new Set([...(all[metric] ?? []), ...expressions])]
    }
  }
  return selectScenarios([...byScenario.keys()]).map((scenario) => ({
    scenario,
    plan: planOf(scenario, byScenario.get(scenario.name)),
  }))
}
