import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { CompareResult } from '../compare/result.ts'
import { addToHistory, entryOf, type HistoryEntry, readHistory } from './history.ts'
import { drawTrend } from './picture.ts'
import { trendsOf } from './series.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function entry(day: number, value: number, machine = 'M'): HistoryEntry {
  return {
    at: new Date(Date.UTC(2026, 0, day)).toISOString(),
    commit: `c${day}`,
    machine,
    values: { 'memory.get · holdfast · time': value },
  }
}

describe('history', () => {
  it('keeps the ratios of ours to the baseline', () => {
    const ratio = { value: 2, low: 1.9, high: 2.1 }
    const contender = { times: [1], cpus: [1], meanTimes: [1], latencies: [], ratio: { time: ratio, cpu: ratio } }
    const result = {
      startedAt: '2026-01-01T00:00:00.000Z',
      commit: 'abc',
      environment: { cpu: 'M', cpuCount: 2, node: 'v24.1.0' },
      cases: [
        {
          id: 'memory.get',
          metric: 'time',
          baseline: 'map',
          contenders: ['map', 'holdfast', 'bentocache'].map((name) => ({ name, ...contender })),
        },
      ],
    } as unknown as CompareResult

    expect(entryOf(result)).toEqual({
      at: '2026-01-01T00:00:00.000Z',
      commit: 'abc',
      machine: 'M × 2, Node v24',
      values: { 'memory.get · holdfast · time': 2 },
    })
  })

  it('is written and read back in order, each run once', () => {
    const place = { file: join(folder, 'history.jsonl') }
    for (const day of [3, 1, 2, 2]) addToHistory(place, entry(day, day))

    expect(readHistory(place).map(({ commit }) => commit)).toEqual(['c1', 'c2', 'c3'])
  })

  it('says which line is none of it', () => {
    const file = join(folder, 'history.jsonl')
    writeFileSync(file, `${JSON.stringify(entry(1, 1))}\nnonsense\n`)

    expect(() => readHistory({ file })).toThrow('Line 2')
  })
})

describe('trends', () => {
  const history = [
    ...Array.from({ length: 12 }, (_, i) => entry(i + 1, 2 + (i % 3) / 50)),
    ...Array.from({ length: 12 }, (_, i) => entry(i + 13, 3 + (i % 3) / 50)),
    entry(5, 99, 'another machine'),
  ]

  it('mark the run where the level changed, on each machine for itself', () => {
    const [trend] = trendsOf(history, 'M')

    expect(trend?.points).toHaveLength(24)
    expect(trend?.changes.map(({ index }) => trend.points[index]?.commit)).toEqual(['c13'])
    expect(trendsOf(history, 'another machine')[0]?.changes).toEqual([])
  })

  it('are drawn with a mark at each change', () => {
    const svg = trendsOf(history, 'M').map(drawTrend).join('')

    expect(svg.match(/stroke-dasharray/g)).toHaveLength(1)
    expect(svg.match(/<circle/g)).toHaveLength(24)
    expect(svg).not.toContain('NaN')
  })
})
