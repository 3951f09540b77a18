import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { durations, metrics, prometheusName } from '../src/metric.ts'

it('docs/reference/metrics.md lists every metric with its names, type, labels and meaning, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/metrics.md'), 'utf8')
  const written = Array.from(page.matchAll(/^\| `holdfast\.[^\n]*$/gm), ([row]) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )

  const told = [
    ...metrics.map(({ name, type, unit, help, labels = [] }) => [
      name,
      prometheusName({ name, type, unit }),
      type,
      labels.join(', '),
      help,
    ]),
    ...durations.map(({ name, help, labels = [] }) => [
      name,
      prometheusName({ name, unit: 's', type: 'histogram' }),
      'histogram',
      labels.join(', '),
      help,
    ]),
  ]
  expect(written).toEqual(told)
})
