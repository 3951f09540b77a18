import { markdownTable } from '../report/table.ts'
import {
  benchColumns,
  benchRow,
  changedCounts,
  countColumns,
  countRow,
  runSentence,
  verdictSentence,
} from './describe.ts'
import type { GateResult } from './result.ts'

const urgency = { broken: 0, fail: 1, inconclusive: 2, new: 3, improved: 4, pass: 5 } as const

/** For a pull request: the verdict, what failed, and the rest folded away. */
export function gateMarkdown(result: GateResult): string {
  const sorted = result.benches.toSorted((a, b) => urgency[a.outcome] - urgency[b.outcome])
  const loud = sorted.filter(({ outcome }) => outcome !== 'pass')
  const counts = changedCounts(result)
  return [
    `**${verdictSentence(result)}**`,
    ...(loud.length === 0 ? [] : ['', markdownTable(benchColumns, loud.map(benchRow))]),
    ...(counts.length === 0 ? [] : ['', markdownTable(countColumns, counts.map(countRow))]),
    '',
    '<details><summary>All benches</summary>',
    '',
    markdownTable(benchColumns, sorted.map(benchRow)),
    '',
    ...result.sentinels.map(
      ({ id, expected, judged, isRight }) =>
        `- ${isRight ? '' : '**wrong** '}${id} should ${expected}: ${judged.outcome}`,
    ),
    '',
    `${runSentence(result)}  `,
    `\`${result.reproduce}\``,
    '',
    '</details>',
    '',
  ].join('\n')
}
