import { drawForest } from '../report/forest.ts'
import { htmlPage, htmlTable } from '../report/html.ts'
import { escapeXml } from '../report/svg.ts'
import { benchColumns, benchRow, countColumns, countRow, runSentence, verdictSentence } from './describe.ts'
import type { GateResult } from './result.ts'

const classes = {
  fail: 'bad',
  broken: 'bad',
  inconclusive: 'open',
  new: 'open',
  accepted: 'open',
  pass: '',
  improved: 'good',
} as const
const tones = { fail: 1, broken: 1, inconclusive: 4, new: 7, pass: 0, improved: 2 } as const

/** The whole result on one page. */
export function gateHtml(result: GateResult): string {
  const measured = result.benches.filter(({ points }) => points.length > 0)
  const forest = drawForest(
    'Head over base',
    measured.map(({ id, centre, outcome }) => ({
      label: id,
      ratio: centre.ratio,
      low: centre.lower,
      high: centre.upper,
      tone: tones[outcome],
    })),
  )
  const body = `
<p><strong>${escapeXml(verdictSentence(result))}</strong></p>
<p class="note">${escapeXml(runSentence(result))}<br><code>${escapeXml(result.reproduce)}</code></p>
<h2>Head over base</h2>
<p class="note">Processor time per operation; 1 is equal, to the right is slower. Whiskers are the one-sided bounds that the verdict rests on.</p>
${forest}
${htmlTable(
  benchColumns,
  result.benches.map((bench) => ({ cells: benchRow(bench), className: classes[bench.outcome] })),
)}
<h2>Counts</h2>
${htmlTable(
  countColumns,
  result.counts.map((change) => ({ cells: countRow(change), className: classes[change.outcome] })),
)}
<h2>Sentinels</h2>
${htmlTable(
  [{ title: 'sentinel' }, { title: 'should' }, { title: 'was' }, { title: 'ratio', align: 'right' }],
  result.sentinels.map(({ id, expected, judged, isRight }) => ({
    cells: [id, expected, judged.outcome, judged.centre.ratio.toFixed(2)],
    className: isRight ? '' : 'bad',
  })),
)}`
  return htmlPage(`Bench gate: ${result.head.name} against ${result.base.name}`, body, result)
}
