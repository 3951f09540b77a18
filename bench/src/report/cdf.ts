import { quantile } from '../stats/quantile.ts'
import { colour, line, linearScale, logScale, picture, polyline, text } from './svg.ts'
import { formatMs } from './units.ts'

export interface Series {
  readonly label: string
  /** Milliseconds, in any order. */
  readonly values: readonly number[]
}

const size = { width: 760, height: 300, left: 44, right: 170, top: 14, bottom: 30 }

/** How many calls are done by when: one curve a series, on a logarithmic axis of time that ends at the largest p99.5. */
export function drawCdf(title: string, series: readonly Series[]): string {
  const sorted = series
    .filter(({ values }) => values.length > 0)
    .map(({ label, values }) => ({ label, values: Float64Array.from(values).sort() }))
  const least = Math.min(...sorted.map(({ values }) => quantile(values, 0.001)))
  const most = Math.max(...sorted.map(({ values }) => quantile(values, 0.995)))
  const x = logScale([least, most * 1.05], [size.left, size.width - size.right])
  const y = linearScale([0, 1], [size.height - size.bottom, size.top])
  const grid = [0, 0.25, 0.5, 0.75, 0.95, 1].flatMap((share) => [
    line(size.left, y(share), size.width - size.right, y(share), 'class="faint"'),
    text(size.left - 6, y(share) + 4, `${share * 100}%`, 'text-anchor="end" class="note"'),
  ])
  const ticks = timeTicks(least, most).flatMap((ms) => [
    line(x(ms), size.top, x(ms), size.height - size.bottom, 'class="faint"'),
    text(x(ms), size.height - 10, formatMs(ms), 'text-anchor="middle" class="note"'),
  ])
  const curves = sorted.flatMap(({ label, values }, i) => {
    const points = Array.from({ length: 101 }, (_, step) => {
      const share = step / 100
      return [x(Math.min(most * 1.05, Math.max(least, quantile(values, share)))), y(share)] as const
    })
    const legendY = size.top + 12 + i * 18
    return [
      polyline(points, colour(i), 'stroke-width="1.8"'),
      line(
        size.width - size.right + 14,
        legendY - 4,
        size.width - size.right + 34,
        legendY - 4,
        `stroke="${colour(i)}" stroke-width="3"`,
      ),
      text(size.width - size.right + 40, legendY, label),
    ]
  })
  return picture(size.width, size.height, title, [...grid, ...ticks, ...curves].join('\n'))
}

function timeTicks(least: number, most: number): readonly number[] {
  const ticks: number[] = []
  for (let decade = 1e-5; decade <= most; decade *= 10) {
    for (const step of [1, 2, 5]) if (decade * step >= least && decade * step <= most) ticks.push(decade * step)
  }
  return ticks
}
