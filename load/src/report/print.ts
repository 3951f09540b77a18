import { paint } from '@holdfast/bench/report/paint'
import { renderTable, type Column } from '@holdfast/bench/report/table'
import type { Played } from '../scenarios/play.ts'
import type { Outcome } from '../verdict/outcome.ts'
import type { JudgedLine } from '../verdict/judge-line.ts'

export const lineColumns: readonly Column[] = [
  { title: '' },
  { title: 'metric' },
  { title: 'condition' },
  { title: 'observed', align: 'right' },
  { title: 'judged by', align: 'right' },
  { title: 'n', align: 'right' },
  { title: 'kind' },
]

/** A condition as a row of a table, in words. */
export function lineRow(line: JudgedLine): readonly string[] {
  const { metric, expression, observed, judged, n, kind, reason } = line
  return [
    line.isMet ? 'met' : 'BROKEN',
    metric,
    expression,
    observed,
    reason ?? judged,
    n.toLocaleString('en-US'),
    kind,
  ]
}

/** A scenario's conditions and figures for the terminal. */
export function renderPlayed(played: Played): string {
  const rows = played.lines.map((line) => {
    const [state = '', ...cells] = lineRow(line)
    return [`  ${paint(line.isMet ? 'green' : 'red', state)}`, ...cells]
  })
  return [
    renderTable(lineColumns, rows),
    ...played.notes.map((note) => paint('dim', `  ${note}`)),
    ...(played.doubt === undefined ? [] : [paint('yellow', `  ${played.doubt}`)]),
  ].join('\n')
}

export function paintOutcome(outcome: Outcome): string {
  const style = outcome === 'pass' ? 'green' : outcome === 'fail' ? 'red' : 'yellow'
  return paint(['bold', style], outcome === 'pass' ? 'passed' : outcome === 'fail' ? 'FAILED' : 'untrusted')
}
