import { drawCdf } from '../report/cdf.ts'
import { drawForest } from '../report/forest.ts'
import { htmlPage, htmlTable } from '../report/html.ts'
import { escapeXml } from '../report/svg.ts'
import { markdownTable } from '../report/table.ts'
import { formatDuration } from '../report/units.ts'
import { caseColumns, caseRow, describeGoal } from './print.ts'
import type { CaseResult, CompareResult } from './result.ts'

/** How the figures came about, in one line. */
function runSentence({ environment, runs, durationMs, commit, startedAt }: CompareResult): string {
  const redis = environment.redis === undefined ? '' : `, Redis ${environment.redis}`
  return `${startedAt.slice(0, 10)}, commit ${commit?.slice(0, 10) ?? 'unknown'}, ${environment.cpu} × ${environment.cpuCount}, Node ${environment.node}${redis}; ${runs} processes a case, ${formatDuration(durationMs)}`
}

const explanation =
  'Time and processor time per operation, medians of the processes; ratios to the first row with 95 % intervals over processes; ≈ where nothing tells the two apart.'

/** For a release or a pull request. */
export function compareMarkdown(result: CompareResult): string {
  const sections = result.cases.flatMap((one) => [
    `### ${one.id}`,
    '',
    one.title,
    '',
    markdownTable(
      caseColumns,
      one.contenders.map((contender) => caseRow(one, contender)),
    ),
    '',
  ])
  return [
    '## Bench',
    '',
    explanation,
    '',
    runSentence(result),
    '',
    ...sections,
    `Versions: ${versionsOf(result)}`,
    '',
  ].join('\n')
}

/** Everything on one page, with a forest plot of ratios and a curve of latencies for each case. */
export function compareHtml(result: CompareResult): string {
  const goals = result.cases.flatMap((one) => one.goals.map((goal) => ({ id: one.id, goal })))
  const goalTable =
    goals.length === 0
      ? ''
      : `<h2>Goals</h2>${htmlTable(
          [{ title: 'case' }, { title: 'contender' }, { title: 'goal' }],
          goals.map(({ id, goal }) => ({
            cells: [id, goal.ours, describeGoal(goal)],
            className: goal.isMet ? 'good' : 'open',
          })),
        )}`
  const body = `<p class="note">${escapeXml(explanation)}<br>${escapeXml(runSentence(result))}</p>
${goalTable}
${result.cases.map((one) => sectionOf(one)).join('\n')}
<p class="note">Versions: ${escapeXml(versionsOf(result))}</p>`
  return htmlPage('Bench', body, result)
}

function sectionOf(one: CaseResult): string {
  const others = one.contenders.filter(({ name }) => name !== one.baseline)
  const forest = drawForest(
    `${one.id}: ratios to ${one.baseline}`,
    others.map(({ name, ratio }) => {
      const { value, low, high } = ratio[one.metric]
      return { label: name, ratio: value, low, high, tone: name.startsWith('holdfast') ? 0 : 7 }
    }),
  )
  const timed = one.contenders.filter(({ latencies }) => latencies.length > 0)
  const cdf =
    timed.length === 0
      ? ''
      : drawCdf(
          `${one.id}: latencies`,
          timed.map(({ name, latencies }) => ({ label: name, values: latencies })),
        )
  return `<h2>${escapeXml(one.id)}</h2>
<p>${escapeXml(one.title)}. <span class="note">Ratios of ${one.metric === 'cpu' ? 'processor time' : 'time'} to ${escapeXml(one.baseline)}; 1 is equal, to the right is slower.</span></p>
${others.length === 0 ? '' : forest}
${htmlTable(
  caseColumns,
  one.contenders.map((contender) => ({
    cells: caseRow(one, contender),
    ...(contender.name.startsWith('holdfast') ? { className: 'ours' } : {}),
  })),
)}
${cdf}`
}

function versionsOf({ versions }: CompareResult): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}
