import { paint } from '../report/paint.ts'
import { renderTable } from '../report/table.ts'
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

const colours = {
  fail: 'red',
  broken: 'red',
  inconclusive: 'yellow',
  new: 'yellow',
  accepted: 'yellow',
  pass: 'green',
  improved: 'cyan',
} as const

/** The whole result for the terminal. */
export function renderGate(result: GateResult): string {
  const rows = result.benches.map((bench) => {
    const [id = '', outcome = '', ...rest] = benchRow(bench)
    return [id, paint(colours[bench.outcome], outcome), ...rest]
  })
  const counts = changedCounts(result).map((change) =>
    countRow(change).with(4, paint(colours[change.outcome], change.outcome)),
  )
  const sentinels = result.sentinels.map(({ id, expected, judged, isRight }) =>
    paint(
      isRight ? 'dim' : 'red',
      `${isRight ? 'right' : 'WRONG'}  ${id} should ${expected}: ${judged.outcome} (${judged.centre.ratio.toFixed(2)}, n = ${judged.centre.n})`,
    ),
  )
  const colour = { pass: 'green', fail: 'red', untrusted: 'magenta', inconclusive: 'yellow' } as const
  return [
    '',
    renderTable(benchColumns, rows),
    ...(counts.length === 0 ? [] : ['', renderTable(countColumns, counts)]),
    '',
    ...sentinels,
    '',
    paint('dim', runSentence(result)),
    paint('dim', `reproduce: ${result.reproduce}`),
    paint(['bold', colour[result.verdict]], verdictSentence(result)),
  ].join('\n')
}
