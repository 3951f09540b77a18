import type { FaultResult } from './check-faults.ts'
import { faultOperations } from './subject.ts'

/** The results as a table in Markdown, a row for each fault and a column for each operation. */
export function faultTable(results: readonly FaultResult[]): string {
  const head = [
    'fault',
    ...faultOperations.map((name) => `\`${name}\``),
    'longest wait',
    'hits back',
    'the naive cache',
  ]
  const lines = results.map((result) => {
    const { row, run, verdict } = result
    const cells = faultOperations.map((name) => (verdict.failed.has(name) ? '✗' : '✓'))
    const back = run?.backAfterMs === undefined ? '✗' : `${(run.backAfterMs / 1_000).toFixed(1)} s`
    return [`**${row.name}**: ${row.how}`, ...cells, `${Math.round(verdict.longestMs)} ms`, back, naiveCell(result)]
  })
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function naiveCell({ naive, isVacuous }: FaultResult): string {
  if (naive === undefined) return ''
  if (isVacuous) return 'passes too'
  return naive.length === 0 ? 'passes' : `fails: ${brief(naive[0]!)}`
}

function brief(complaint: string): string {
  const text = complaint.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
  return text.length <= 90 ? text : `${text.slice(0, 89)}…`
}
