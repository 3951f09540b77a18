import { UsageError } from '@holdfast/bench/exit'
import { alerting } from './alerting.ts'
import { capacity } from './capacity.ts'
import { cold } from './cold.ts'
import { coherence } from './coherence.ts'
import { evict } from './evict.ts'
import { invalidationStorm } from './invalidation-storm.ts'
import { mixed } from './mixed.ts'
import { soak } from './soak.ts'
import { stampede } from './stampede.ts'
import { warm } from './warm.ts'
import { redisFreeze } from './redis-freeze.ts'
import { redisKill } from './redis-kill.ts'
import { redisRestart } from './redis-restart.ts'
import { saturation } from './saturation.ts'
import type { Scenario } from './scenario.ts'

/** Every scenario there is. */
export const scenarios: readonly Scenario[] = [
  saturation,
  cold,
  warm,
  mixed,
  stampede,
  redisKill,
  redisRestart,
  redisFreeze,
  evict,
  invalidationStorm,
  coherence,
  alerting,
  capacity,
  soak,
]

/** What runs when nothing is named. */
export const everyday: readonly string[] = ['saturation']

/** @throws {UsageError} for a name that is none */
export function selectScenarios(names: readonly string[]): readonly Scenario[] {
  return (names.length === 0 ? everyday : names).map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name)
    if (found !== undefined) return found
    throw new UsageError(`Unknown scenario ${name}. Known ones: ${scenarios.map((each) => each.name).join(', ')}.`)
  })
}
