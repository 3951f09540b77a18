import type { Build, DuelSpec } from '../engine/job.ts'
import { showProgress } from '../report/progress.ts'
import type { Plan } from '../stats/verdict.ts'
import type { Case } from '../suites/case.ts'
import { caseById } from '../suites/catalog.ts'
import { isSettled, judge, type Measured } from './judge.ts'
import type { Measurements } from './measure.ts'
import { mostIncidents, sentinelCases, sentinelInflation } from './thresholds.ts'

/** A sentinel: the base against its twin, with more work or without. */
export interface Sentinel {
  readonly duel: DuelSpec
  readonly expected: 'pass' | 'fail'
}

/** Injections do nothing: the sentinels must notice. */
function isInjectionBroken(): boolean {
  return process.env['BENCH_BREAK_SENTINEL'] === '1'
}

/** A sentinel of each kind that the chosen cases use. */
export function sentinelsFor(cases: readonly Case[], build: Build): readonly Sentinel[] {
  const twin = { ...build, copy: 'twin' }
  const inflation = isInjectionBroken() ? 1 : sentinelInflation
  const hasRedis = cases.some(({ needsRedis }) => needsRedis)
  return sentinelCases
    .filter((id) => hasRedis || !caseById(id).needsRedis)
    .flatMap((caseId): Sentinel[] => [
      { expected: 'pass', duel: { id: `S0 ${caseId}`, caseId, base: build, head: twin, inflation: 1 } },
      { expected: 'fail', duel: { id: `S1 ${caseId}`, caseId, base: build, head: twin, inflation } },
    ])
}

/** The duels of the chosen cases, with what is injected into them. */
export function duelsFor(
  cases: readonly Case[],
  base: Build,
  head: Build,
  injections: ReadonlyMap<string, number>,
): readonly DuelSpec[] {
  return cases.map(({ id }) => ({
    id,
    caseId: id,
    base,
    head,
    inflation: isInjectionBroken() ? 1 : (injections.get(id) ?? 1),
  }))
}

export interface Schedule {
  readonly duels: readonly DuelSpec[]
  readonly plans: { readonly centre: Plan; readonly tails: Plan }
  /** No process begins after this instant. */
  readonly endsAt: number
}

/** Runs process after process up to each look, drops what is decided there, and ends when nothing is open. */
export async function replicateUntilSettled(
  measurements: Pick<Measurements, 'of' | 'replicate' | 'replicates'>,
  { duels, plans, endsAt }: Schedule,
  report: (line: string) => void,
): Promise<void> {
  let open = duels
  const progress = showProgress()
  for (const look of plans.centre.looks) {
    for (;;) {
      const lacking = open.filter(({ id }) => isLacking(measurements.of(id), look))
      if (lacking.length === 0 || measurements.replicates.length >= look + 2 * mostIncidents) break
      if (Date.now() > endsAt) {
        progress.clear()
        report(`The budget is used up after ${measurements.replicates.length} processes.`)
        return
      }
      progress.show(`process ${measurements.replicates.length + 1} of ${look}: ${open.length} benches are open`)
      await measurements.replicate(lacking)
    }
    progress.clear()
    open = open.filter(({ id }) => !isSettled(judge(measurements.of(id), plans)))
    const names = open.map(({ id }) => id).join(', ')
    report(`after ${look} processes, ${open.length === 0 ? 'everything is decided' : `open: ${names}`}`)
    if (open.length === 0) return
  }
}

/** Whether more processes are needed for a look at it: one in which a side threw gave no point. */
function isLacking({ points, unable }: Measured, look: number): boolean {
  return unable === undefined && points.length < look
}
