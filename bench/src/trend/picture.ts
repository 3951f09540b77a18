import { colour, line, linearScale, picture, polyline, px, text } from '../report/svg.ts'
import { formatPercent, formatRatio } from '../report/units.ts'
import type { Trend } from './series.ts'

const size = { width: 760, height: 150, left: 44, right: 14, top: 26, bottom: 24 }

/** One series as a curve, with its changes of level. */
export function drawTrend({ name, points, changes }: Trend): string {
  const values = points.map(({ value }) => value)
  const x = linearScale([0, Math.max(1, values.length - 1)], [size.left, size.width - size.right])
  const y = linearScale([0, Math.max(...values) * 1.15], [size.height - size.bottom, size.top])
  const top = Math.max(...values)
  const marks = changes.map(({ index, ratio }) => {
    const at = x(index - 0.5)
    return (
      line(at, size.top, at, size.height - size.bottom, 'stroke="#d55e00" stroke-dasharray="4 3"') +
      text(at + 4, size.top + 10, formatPercent(ratio - 1), 'fill="#d55e00"')
    )
  })
  return picture(
    size.width,
    size.height,
    name,
    [
      text(size.left, 16, name, 'font-weight="600"'),
      ...[0, top].flatMap((value) => [
        line(size.left, y(value), size.width - size.right, y(value), 'class="faint"'),
        text(size.left - 6, y(value) + 4, formatRatio(value), 'text-anchor="end" class="note"'),
      ]),
      text(size.left, size.height - 8, points[0]?.at.slice(0, 10) ?? '', 'class="note"'),
      text(
        size.width - size.right,
        size.height - 8,
        points.at(-1)?.at.slice(0, 10) ?? '',
        'text-anchor="end" class="note"',
      ),
      polyline(
        values.map((value, i) => [x(i), y(value)]),
        colour(0),
        'stroke-width="1.6"',
      ),
      ...values.map((value, i) => `<circle cx="${px(x(i))}" cy="${px(y(value))}" r="2.4" fill="${colour(0)}"/>`),
      ...marks,
    ].join(''),
  )
}
