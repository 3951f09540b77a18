import { formatMs } from '@holdfast/bench/report/units'
import {
  colour,
  line,
  linearScale,
  logScale,
  picture,
  polyline,
  px,
  text,
  type Scale,
} from '@holdfast/bench/report/svg'
import type { Bin } from '../measure/timeline.ts'
import type { DriveRecord, ScenarioRecord } from './record.ts'

const [widthPx, heightPx] = [900, 230]
const plot = { left: 60, right: 880, top: 26, middle: 140, bottom: 205 }

/** Latency over time by logarithm, hit ratio beneath, with what was done to Redis as upright lines. */
export function drivePicture(drive: DriveRecord, { marks, queries }: ScenarioRecord): string {
  const { timeline, binMs, startedAt, title } = drive
  const endMs = timeline.length * binMs
  const x = linearScale([0, Math.max(endMs, 1)], [plot.left, plot.right])
  const worst = Math.max(2, ...timeline.map(({ p99Ms }) => p99Ms ?? 0))
  const latency = logScale([0.1, worst], [plot.middle, plot.top])
  const share = linearScale([0, 1], [plot.bottom, plot.middle + 14])
  const own = queries.filter(({ at }) => at >= startedAt && at <= startedAt + endMs)
  const most = Math.max(1, ...own.map(({ perSecond }) => perSecond))
  const body = [
    ...[0.1, 1, 10, 100, 1_000, 10_000].filter((ms) => ms <= worst).map((ms) => gridLine(latency(ms), formatMs(ms))),
    ...[0, 1].map((value) => gridLine(share(value), `${value * 100} %`)),
    ...faultBands(marks, endMs + startedAt).map(([from, to]) => band(x(from - startedAt), x(to - startedAt))),
    ...marks.flatMap((mark) => markAt(x(mark.at - startedAt), mark.label)),
    ...(['p50Ms', 'p95Ms', 'p99Ms'] as const).map((name, index) =>
      polyline(
        pointsOf(
          timeline,
          (bin) => bin[name],
          x,
          (ms) => latency(Math.max(0.1, ms)),
        ),
        colour(index),
      ),
    ),
    polyline(
      pointsOf(timeline, (bin) => bin.hitRatio, x, share),
      colour(3),
    ),
    polyline(
      own.map(({ at, perSecond }) => [x(at - startedAt), share(perSecond / most)]),
      colour(7),
      'stroke-dasharray="3 3"',
    ),
    ...legend(own.length === 0 ? '' : `queries (of ${most.toFixed(0)}/s)`),
  ]
  return picture(widthPx, heightPx, `${title}: latency, hit ratio and queries over time`, body.join('\n'))
}

function pointsOf(
  timeline: readonly Bin[],
  value: (bin: Bin) => number | null,
  x: Scale,
  y: Scale,
): readonly (readonly [number, number])[] {
  return timeline.flatMap((bin) => {
    const found = value(bin)
    return found === null ? [] : [[x(bin.atMs), y(found)] as const]
  })
}

function gridLine(y: number, label: string): string {
  return line(plot.left, y, plot.right, y, 'class="faint"') + text(plot.left - 6, y + 4, label, 'text-anchor="end"')
}

/** From where each fault begins to where it ends, in milliseconds since the epoch; one that does not end lasts to `endAt`. */
export function faultBands(marks: ScenarioRecord['marks'], endAt: number): readonly (readonly [number, number])[] {
  return marks.flatMap(({ at, fault }, index) => {
    if (fault !== 'begins') return []
    const end = marks.slice(index).find((mark) => mark.fault === 'ends')
    return [[at, end?.at ?? endAt] as const]
  })
}

function band(from: number, to: number): string {
  const [left, right] = [Math.max(plot.left, from), Math.min(plot.right, to)]
  if (right <= left) return ''
  return `<rect x="${px(left)}" y="${plot.top - 6}" width="${px(right - left)}" height="${plot.bottom - plot.top + 6}" fill="${colour(1)}" opacity="0.12"/>`
}

function markAt(x: number, label: string): readonly string[] {
  if (x < plot.left || x > plot.right) return []
  return [
    line(x, plot.top - 6, x, plot.bottom, 'class="strong" stroke-dasharray="4 3"'),
    text(x + 4, plot.top + 4, label, 'class="note"'),
  ]
}

function legend(queries: string): readonly string[] {
  const names = [
    ['p50', 0],
    ['p95', 1],
    ['p99', 2],
    ['hit ratio', 3],
    ...(queries === '' ? [] : [[queries, 7]]),
  ] as const
  return names.map(([name, index], place) => {
    const left = plot.left + place * 110
    return `<rect x="${px(left)}" y="4" width="10" height="10" fill="${colour(Number(index))}"/>${text(left + 15, 13, String(name))}`
  })
}
