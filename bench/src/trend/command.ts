import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import type { CompareResult } from '../compare/result.ts'
import { repositoryRoot } from '../engine/repository.ts'
import { ExitCode, UsageError } from '../exit.ts'
import { htmlPage, htmlTable } from '../report/html.ts'
import { paint } from '../report/paint.ts'
import { escapeXml } from '../report/svg.ts'
import { renderTable } from '../report/table.ts'
import { formatPercent, formatRatio } from '../report/units.ts'
import { addToHistory, entryOf, type HistoryPlace, readHistory } from './history.ts'
import { drawTrend } from './picture.ts'
import { type Trend, trendsOf } from './series.ts'

export const trendHelp = `pnpm bench trend            how the ratios of releases developed, with the points where they changed

  --add <file>                 adds the result of \`pnpm bench --json <file>\` first; repeatable
  --history <file>             one line a run (default: bench/history.jsonl)
  --branch <name>              the history is that file in a branch; nothing is checked out
  --html <file>                curves`

export async function trendCommand(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      add: { type: 'string', multiple: true, default: [] },
      history: { type: 'string' },
      branch: { type: 'string' },
      html: { type: 'string' },
    },
  })
  const place: HistoryPlace =
    values.branch === undefined
      ? { file: values.history ?? join(repositoryRoot, 'bench', 'history.jsonl') }
      : { file: values.history ?? 'history.jsonl', branch: values.branch }
  for (const path of values.add) addToHistory(place, entryOf(readResult(path)))
  const history = readHistory(place)
  if (history.length === 0) {
    console.log(
      'The history is empty: add a result with `pnpm bench --json result.json && pnpm bench trend --add result.json`.',
    )
    return ExitCode.pass
  }
  const machines = [...new Set(history.map(({ machine }) => machine))]
  const all = machines.map((machine) => ({ machine, trends: trendsOf(history, machine) }))
  for (const { machine, trends } of all) console.log(`${paint('bold', machine)}\n${renderTrends(trends)}\n`)
  if (values.html !== undefined) writeFileSync(values.html, trendHtml(all, history))
  return ExitCode.pass
}

function readResult(path: string): CompareResult {
  if (!existsSync(path)) throw new UsageError(`There is no result at ${path}.`)
  const result = JSON.parse(readFileSync(path, 'utf8')) as Partial<CompareResult>
  if (result.schema !== 'holdfast.bench.compare.v1')
    throw new UsageError(`${path} is no result of \`pnpm bench --json\`.`)
  return result as CompareResult
}

function renderTrends(trends: readonly Trend[]): string {
  return renderTable(
    [
      { title: 'series' },
      { title: 'runs', align: 'right' },
      { title: 'latest', align: 'right' },
      { title: '' },
      { title: 'changes' },
    ],
    trends.map(({ name, points, changes }) => [
      name,
      String(points.length),
      formatRatio(points.at(-1)?.value ?? Number.NaN),
      sparkline(points.map(({ value }) => value)),
      changes
        .map(
          ({ index, ratio }) =>
            `${points[index]?.commit?.slice(0, 10) ?? points[index]?.at.slice(0, 10)} ${formatPercent(ratio - 1)}`,
        )
        .join(', '),
    ]),
  )
}

function sparkline(values: readonly number[]): string {
  const marks = '▁▂▃▄▅▆▇█'
  const recent = values.slice(-40)
  const least = Math.min(...recent)
  const range = Math.max(...recent) - least || 1
  return recent.map((value) => marks[Math.round(((value - least) / range) * (marks.length - 1))]).join('')
}

function trendHtml(
  all: readonly { readonly machine: string; readonly trends: readonly Trend[] }[],
  data: unknown,
): string {
  const body = all
    .map(
      ({ machine, trends }) => `<h2>${escapeXml(machine)}</h2>
${trends.map(drawTrend).join('\n')}
${htmlTable(
  [{ title: 'series' }, { title: 'runs', align: 'right' }, { title: 'latest', align: 'right' }, { title: 'changes' }],
  trends.map(({ name, points, changes }) => ({
    cells: [
      name,
      String(points.length),
      formatRatio(points.at(-1)?.value ?? Number.NaN),
      changes
        .map(
          ({ index, ratio, p }) =>
            `${points[index]?.at.slice(0, 10)} ${formatPercent(ratio - 1)} (p = ${p.toFixed(3)})`,
        )
        .join(', '),
    ],
  })),
)}`,
    )
    .join('\n')
  return htmlPage(
    'Bench trend',
    `<p class="note">Ratios of ours to the baseline of each case; lower is better. Dashed lines mark changes of level.</p>${body}`,
    data,
  )
}
