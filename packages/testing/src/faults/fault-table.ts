import type { FaultResult } from './check-faults.ts'
import { faultRows } from './rows/all.ts'
import { faultOperations } from './subject.ts'

const head = ['fault', ...faultOperations.map((name) => `\`${name}\``), 'longest wait', 'hits back', 'the naive cache']

/**
 * Results as a table in Markdown, a row for each fault and a column for each operation.
 *
 * @param former such a table: rows that there is no newer result of are kept
 */
export function faultTable(results: readonly FaultResult[], former = ''): string {
  const lines = new Map<string, string>()
  for (const line of former.split('\n')) {
    const name = /^\| \*\*(.*?)\*\*:/.exec(line)?.[1]
    if (name !== undefined) lines.set(name, line)
  }
  for (const result of results) lines.set(result.row.name, lineOf(cellsOf(result)))
  const known = faultRows.flatMap(({ name }) => lines.get(name) ?? [])
  return [lineOf(head), lineOf(head.map(() => '---')), ...known].join('\n')
}

function cellsOf(result: FaultResult): readonly string[] {
  const { row, run, verdict } = result
  const cells = faultOperations.map((name) => (verdict.failed.has(name) ? '✗' : '✓'))
  const back = run?.backAfterMs === undefined ? '✗' : `${(run.backAfterMs / 1_000).toFixed(1)} s`
  return [`**${row.name}**: ${row.how}`, ...cells, `${Math.round(verdict.longestMs)} ms`, back, naiveCell(result)]
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function naiveCell({ naive, isVacuous }: FaultResult): string {
  if (naive === undefined) return ''
  if (isVacuous) return 'passes too'
  return naive.length === 0 ? 'passes' : `fails: ${brief(naive[0]!)}`
}

function brief(complaint: string): string {
  const text = complaint.replaceAll('|', '\\|').replaceAll(/[\s\p{Cc}]+/gu, ' ')
  return text.length <= 90 ? text : `${text.slice(0, 89)}…`
}
