import { colour, line, logScale, picture, px, text } from './svg.ts'
import { formatRatio } from './units.ts'

/** A ratio with its interval, to be drawn on a common axis. */
export interface ForestRow {
  readonly label: string
  readonly ratio: number
  readonly low: number
  readonly high: number
  /** Index of its colour. */
  readonly tone: number
}

const rowHeight = 22
const left = 210
const right = 70
const widthPx = 760

/** Ratios as points with whiskers around 1, on a logarithmic axis: a forest plot. Bounds that are infinite end at the edge. */
export function drawForest(title: string, rows: readonly ForestRow[]): string {
  const finite = rows
    .flatMap(({ ratio, low, high }) => [ratio, low, high])
    .filter((value) => Number.isFinite(value) && value > 0)
  const least = Math.min(0.8, ...finite) / 1.1
  const most = Math.max(1.25, ...finite) * 1.1
  const x = logScale([least, most], [left, widthPx - right])
  const clamp = (value: number): number => x(Math.min(most, Math.max(least, value)))
  const height = 30 + rows.length * rowHeight
  const ticks = ticksBetween(least, most).flatMap((value) => [
    line(x(value), 8, x(value), height - 20, `class="${value === 1 ? 'strong' : 'faint'}"`),
    text(x(value), height - 6, formatTick(value), 'text-anchor="middle" class="note"'),
  ])
  const marks = rows.map(({ label, ratio, low, high, tone }, i) => {
    const y = 18 + i * rowHeight
    return [
      text(left - 12, y + 4, label, 'text-anchor="end"'),
      line(
        clamp(Number.isNaN(low) ? ratio : low),
        y,
        clamp(Number.isNaN(high) ? ratio : high),
        y,
        `stroke="${colour(tone)}" stroke-width="2"`,
      ),
      `<circle cx="${px(clamp(ratio))}" cy="${px(y)}" r="4" fill="${colour(tone)}"/>`,
      text(widthPx - right + 10, y + 4, formatRatio(ratio)),
    ].join('')
  })
  return picture(widthPx, height, title, [...ticks, ...marks].join('\n'))
}

function ticksBetween(least: number, most: number): readonly number[] {
  const steps =
    most / least > 20
      ? [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]
      : [0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 7, 10, 15]
  const inside = steps.filter((value) => value >= least && value <= most)
  return inside.length > 9 ? inside.filter((value, i) => value === 1 || i % 2 === 0) : inside
}

function formatTick(value: number): string {
  return String(value)
}
