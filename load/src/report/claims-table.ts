import type { Column } from '@holdfast/bench/report/table'
import type { JudgedClaim } from '../claims/judge-claims.ts'

export const claimColumns: readonly Column[] = [
  { title: '' },
  { title: 'claim' },
  { title: 'measured', align: 'right' },
  { title: 'proof' },
]

/** A claim as a row of a table, in words. */
export function claimRow({ outcome, says, measured, scenarios, broken }: JudgedClaim): readonly string[] {
  const why = broken.map(
    ({ scenario, metric, expression, judged, reason }) =>
      `${scenario}: ${metric} ${reason ?? judged}, not ${expression}`,
  )
  return [
    outcome === 'broken' ? 'BROKEN' : outcome,
    says,
    measured,
    why.length === 0 ? scenarios.join(', ') : why.join('; '),
  ]
}
