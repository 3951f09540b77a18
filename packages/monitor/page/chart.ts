import type { HistoryPoint } from '../src/dashboard/history.ts'
import { el, say, svg } from './dom.ts'
import { none, time } from './format.ts'

/** A line of a chart. */
export interface Line {
  readonly label: string
  read(point: HistoryPoint): number | null
}

/** Lines over the last minutes, with what each is at the end, or under the pointer, as text below. */
export class Chart {
  readonly element: HTMLElement
  readonly #lines: readonly Line[]
  readonly #format: (value: number | null) => string
  readonly #ceiling: number | undefined
  readonly #picture = svg('svg', { viewBox: '0 0 600 150', preserveAspectRatio: 'none', 'aria-hidden': 'true' })
  readonly #paths: readonly SVGElement[]
  readonly #cursor = svg('line', { class: 'cursor', y1: 4, y2: 146, visibility: 'hidden' })
  readonly #top = el('span', { class: 'axis-top' })
  readonly #values: readonly HTMLElement[]
  readonly #when = el('span', { class: 'quiet' })
  #points: readonly HistoryPoint[] = []
  #pointed: number | undefined

  /** @param ceiling the value at the top; by default what is highest */
  constructor(title: string, lines: readonly Line[], format: (value: number | null) => string, ceiling?: number) {
    this.#lines = lines
    this.#format = format
    this.#ceiling = ceiling
    for (const y of [4, 75, 146]) this.#picture.append(svg('line', { class: 'rule', x1: 0, x2: 600, y1: y, y2: y }))
    this.#paths = lines.map((_, index) => svg('path', { class: `s${index + 1}` }))
    this.#picture.append(...this.#paths, this.#cursor)
    this.#values = lines.map(() => el('b'))
    const legend = lines.map(({ label }, index) => {
      const mark = svg('svg', { viewBox: '0 0 18 8', 'aria-hidden': 'true' })
      mark.append(svg('path', { class: `s${index + 1}`, d: 'M0 4H18' }))
      return el('li', {}, mark, `${label} `, this.#values[index]!)
    })
    this.element = el(
      'article',
      { class: 'card chart' },
      el('h3', {}, title, ' ', this.#when),
      el('div', { class: 'quiet scale' }, this.#top),
      this.#picture,
      el('div', { class: 'quiet times', 'aria-hidden': 'true' }, el('span', {}, '5 min ago'), el('span', {}, 'now')),
      el('ul', { class: 'legend' }, ...legend),
    )
    this.#picture.addEventListener('pointermove', (event) => this.#point(event))
    this.#picture.addEventListener('pointerleave', () => this.#show(undefined))
  }

  draw(points: readonly HistoryPoint[]): void {
    this.#points = points
    const values = this.#lines.map((line) => points.map((point) => line.read(point)))
    const highest = this.#ceiling ?? niceCeiling(Math.max(0, ...values.flat().map((value) => value ?? 0)))
    say(this.#top, this.#format(highest))
    for (const [index, path] of this.#paths.entries()) path.setAttribute('d', pathOf(values[index]!, highest))
    this.#show(this.#pointed)
  }

  #point(event: PointerEvent): void {
    const { left, width } = this.#picture.getBoundingClientRect()
    const last = this.#points.length - 1
    const from = 149 - last
    this.#show(Math.min(last, Math.max(0, Math.round(((event.clientX - left) / width) * 149) - from)))
  }

  #show(index: number | undefined): void {
    this.#pointed = index
    const point = index === undefined ? this.#points.at(-1) : this.#points[index]
    this.#cursor.setAttribute('visibility', index === undefined ? 'hidden' : 'visible')
    if (index !== undefined) {
      const x = ((149 - (this.#points.length - 1) + index) / 149) * 600
      this.#cursor.setAttribute('x1', String(x))
      this.#cursor.setAttribute('x2', String(x))
    }
    say(this.#when, index === undefined || point === undefined ? '' : `at ${time(point.at)}`)
    for (const [line, value] of this.#values.entries())
      say(value, point === undefined ? none : this.#format(this.#lines[line]!.read(point)))
  }
}

/** The latest stands at the right; where nothing was measured the line has a gap. */
function pathOf(values: readonly (number | null)[], highest: number): string {
  let path = ''
  let isDrawing = false
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDrawing = false
      continue
    }
    const x = ((149 - (values.length - 1) + index) / 149) * 600
    const y = 146 - (highest === 0 ? 0 : Math.min(1, value / highest)) * 142
    // A point alone is a short line.
    path += isDrawing
      ? `L${x.toFixed(1)} ${y.toFixed(1)}`
      : `M${(x - 1).toFixed(1)} ${y.toFixed(1)}L${x.toFixed(1)} ${y.toFixed(1)}`
    isDrawing = true
  }
  return path
}

function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 3, 5, 10].find((step) => value <= step * power) ?? 10) * power
}
