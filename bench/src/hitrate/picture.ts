import { colour, line, linearScale, logScale, picture, polyline, text } from '../report/svg.ts'
import type { Cell } from './compare.ts'

const panel = { width: 300, height: 220, left: 36, right: 12, top: 26, bottom: 30 }
const legendHeight = 30
const perRow = 3

/** Hit rate by size, one panel a trace, one line a policy. */
export function drawHitRates(cells: readonly Cell[], policyNames: readonly string[]): string {
  const traces = [...new Set(cells.map(({ trace }) => trace))]
  const columns = Math.min(perRow, traces.length)
  const rows = Math.ceil(traces.length / columns)
  const legend = policyNames
    .map((name, i) => {
      const x = 10 + i * 110
      return (
        line(x, 14, x + 22, 14, `stroke="${colour(i)}" stroke-width="2.5" ${dashes(name)}`) + text(x + 28, 18, name)
      )
    })
    .join('')
  const panels = traces
    .map((trace, i) => {
      const x = (i % columns) * panel.width
      const y = legendHeight + Math.floor(i / columns) * panel.height
      return `<g transform="translate(${x} ${y})">${drawPanel(
        trace,
        cells.filter((cell) => cell.trace === trace),
        policyNames,
      )}</g>`
    })
    .join('\n')
  const width = Math.max(columns * panel.width, policyNames.length * 110 + 20)
  return picture(width, legendHeight + rows * panel.height, 'Hit rate by cache size', `${legend}\n${panels}`)
}

function drawPanel(trace: string, cells: readonly Cell[], policyNames: readonly string[]): string {
  const shares = cells.map(({ share }) => share)
  const x = logScale([Math.min(...shares), Math.max(...shares)], [panel.left, panel.width - panel.right])
  const y = linearScale([0, 100], [panel.height - panel.bottom, panel.top])
  const grid = [0, 25, 50, 75, 100].map(
    (rate) =>
      line(panel.left, y(rate), panel.width - panel.right, y(rate), 'class="faint"') +
      text(panel.left - 5, y(rate) + 4, String(rate), 'text-anchor="end" class="note"'),
  )
  const ticks = cells.map(({ share }) =>
    text(x(share), panel.height - panel.bottom + 15, `${share * 100}%`, 'text-anchor="middle" class="note"'),
  )
  // The first in the legend lies on top.
  const curves = policyNames.map((name, i) =>
    polyline(
      cells.map((cell) => [x(cell.share), y(cell.rates[name] ?? 0)]),
      colour(i),
      `stroke-width="1.8" ${dashes(name)}`,
    ),
  )
  return [text(panel.left, 16, trace, 'font-weight="600"'), ...grid, ...ticks, ...curves.toReversed()].join('')
}

/** The bound is no policy, and does not look like one. */
function dashes(name: string): string {
  return name === 'belady' ? 'stroke-dasharray="4 3"' : ''
}
