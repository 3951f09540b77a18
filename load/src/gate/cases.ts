import { UsageError } from '@holdfast/bench/exit'
import { countRules, type CountRule } from '@holdfast/bench/gate/thresholds'
import type { ApiMode } from '../app/cache.ts'

/** A way through the API that is gated. */
export interface GateCase {
  readonly id: string
  readonly title: string
  readonly mode: ApiMode
}

export const gateCases: readonly GateCase[] = [
  { id: 'api.tiered', title: 'the API with memory in front of Redis, nearly all hits in memory', mode: 'tiered' },
  { id: 'api.redis', title: 'the API with Redis alone, nearly all hits in Redis', mode: 'redis' },
]

/** Counts of a whole API: how fills fall together depends on its timers, by one or two commands in a hundred requests. */
export const apiCountRules: readonly CountRule[] = countRules.map((rule) =>
  rule.field === 'commandsInAll' ? { ...rule, share: 0.02 } : rule,
)

/** The slowdown that the sentinel injects, and must see. */
export const sentinelInflation = 1.2

/** How much one process is asked. */
export const effort = {
  /** One after the other on an empty cache: what is counted. */
  counted: 600,
  /** By ten users: V8 compiles the whole way through an API for good after some ten thousand requests. */
  warming: 15_000,
  /** By ten users: what is timed. */
  timed: 4_000,
} as const

/** With two cases and two estimators eleven processes of each side are the least that can show anything. */
export const gateDefaults = { looks: [12, 18, 24], alpha: 0.01, beta: 0.01, rows: 5_000 } as const

/** @throws {UsageError} for a name that is none */
export function caseOf(id: string): GateCase {
  const found = gateCases.find((each) => each.id === id)
  if (found !== undefined) return found
  throw new UsageError(`There is no case ${id}. Known ones: ${gateCases.map((each) => each.id).join(', ')}.`)
}
