import type { Effort } from '../engine/slice.ts'
import { type Case, peerOf } from '../suites/case.ts'

/** What a run of `pnpm bench` does. */
export interface Plan {
  readonly cases: readonly Case[]
  readonly runs: number
  readonly timeMs: number
  readonly effortFor: (bench: Case) => Effort
  /** A machine under load gets fewer processes a case, at least one, rather than more time. */
  readonly budgetMs: number
}

/** Peers of a quick run: the floors, and the nearest relative. */
const quickPeers = new Set(['map', 'lru-cache', 'ioredis', 'ioredis-auto', 'json', 'msgpackr', 'bentocache'])
const quickBudgetMs = 15_000

/** What the caller said; the rest is up to the plan. */
export interface Wanted {
  readonly peers: readonly string[] | undefined
  readonly runs: number | undefined
  readonly timeMs: number | undefined
}

/** Every chosen case, at length. */
export function fullPlan(cases: readonly Case[], { peers, runs = 7, timeMs = 200 }: Wanted): Plan {
  const chosen = cases.map((bench) => restrict(bench, (name) => peers === undefined || peers.includes(name)))
  const effortFor = ({ warmMs = 120 }: Case): Effort => ({ warmMs, sliceMs: 5 })
  return { cases: chosen, runs, timeMs, effortFor, budgetMs: Number.POSITIVE_INFINITY }
}

/** Divides the budget over the main cases, or over those that were named. */
export function quickPlan(cases: readonly Case[], { peers, runs = 2, timeMs }: Wanted): Plan {
  const some = cases.some(({ isQuick }) => isQuick) ? cases.filter(({ isQuick }) => isQuick) : cases
  const chosen = some.map((bench) =>
    restrict(bench, (name) => (peers === undefined ? quickPeers.has(name) : peers.includes(name))),
  )
  const contenders = chosen.reduce((sum, bench) => sum + bench.contenders.length, 0)
  // What a process costs besides: its start, its modules, its connections.
  const overheadMs = chosen.length * runs * 450
  const each = Math.max(30, (quickBudgetMs - overheadMs) / (contenders * runs))
  return {
    cases: chosen,
    runs,
    timeMs: timeMs ?? each * 0.4,
    effortFor: () => ({ warmMs: each * 0.4, sliceMs: 2 }),
    budgetMs: quickBudgetMs,
  }
}

/** A case with the yardstick, ours and the wanted peers only. */
function restrict(bench: Case, isWanted: (peer: string) => boolean): Case {
  const needed = new Set([bench.baseline, ...(bench.goals ?? []).map(({ against }) => against)])
  return {
    ...bench,
    contenders: bench.contenders.filter(
      (name) => name.startsWith('holdfast') || needed.has(name) || isWanted(peerOf(name)),
    ),
  }
}
