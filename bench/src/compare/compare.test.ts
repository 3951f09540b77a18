import { describe, expect, it } from 'vitest'

import type { Sample } from '../engine/sample.ts'
import type { Case } from '../suites/case.ts'
import { caseRow, describeGoal, renderCase, renderGoals } from './print.ts'
import { compareHtml, compareMarkdown } from './reports.ts'
import type { CompareResult } from './result.ts'
import { type Replicate, summarizeCase } from './summarize.ts'

const bench: Case = {
  id: 'some.case',
  title: 'a case',
  metric: 'cpu',
  needsRedis: false,
  baseline: 'raw',
  contenders: ['raw', 'holdfast', 'absent'],
  goals: [
    { ours: 'holdfast', against: 'raw', metric: 'cpu', atMost: 2.5 },
    { ours: 'holdfast', against: 'raw', metric: 'time', atMost: 1.2 },
    { ours: 'holdfast', against: 'raw', metric: 'bytes', atMost: 0.5 },
    { ours: 'holdfast', against: 'absent', metric: 'time', atMost: 1 },
    { ours: 'holdfast', against: 'raw', metric: 'p99', atMost: 1 },
  ],
  open: async () => ({ run: () => {}, close: async () => {} }),
}

/** The processes differ in speed, never in the ratio of their contenders: 2 in processor time, 1.25 to 1.35 on the clock. */
const replicates: readonly Replicate[] = Array.from({ length: 7 }, (_, i) => {
  const speed = 1 + i / 3
  const sample = (name: string, time: number, cpu: number): Sample => ({
    name,
    time: time * speed,
    cpu: cpu * speed,
    meanTime: time * speed * 1.1,
    meanCpu: cpu * speed,
    slices: 10,
    latencies: [time * speed, time * speed * 2],
  })
  return {
    samples: [sample('raw', 1, 0.5), sample('holdfast', 1.25 + (i % 3) / 20, 1)],
    bytes: { raw: 1_000, holdfast: 450 },
  }
})

const result = summarizeCase(bench, replicates, { absent: 'is not installed' })

const whole: CompareResult = {
  schema: 'holdfast.bench.compare.v1',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1_000,
  commit: 'abcdef0123456789',
  runs: 7,
  timeMs: 200,
  environment: {
    node: 'v24',
    v8: '1',
    platform: 'linux',
    kernel: '6',
    cpu: 'M',
    cpuCount: 2,
    memoryMb: 1,
    cgroupCpuMax: undefined,
    pinning: {},
    redis: undefined,
  },
  versions: { ioredis: '6.0.0' },
  cases: [result],
}

describe('a summary', () => {
  it('pairs contenders by process: what slows both leaves their ratio alone', () => {
    const ours = result.contenders.find(({ name }) => name === 'holdfast')

    expect(ours?.ratio.cpu.value).toBeCloseTo(2, 10)
    expect(ours?.ratio.cpu.low).toBeCloseTo(2, 10)
    expect(ours?.ratio.time.value).toBeCloseTo(1.3, 2)
    expect(ours?.ratio.time.low).toBeLessThan(1.3)
  })

  it('leaves out who could not be measured, and goals against them', () => {
    expect(result.contenders.map(({ name }) => name)).toEqual(['raw', 'holdfast'])
    expect(result.unable).toEqual({ absent: 'is not installed' })
    expect(result.goals).toHaveLength(4)
  })

  it('says of each goal whether it is met, and whether that is clear', () => {
    expect(result.goals.map(({ metric, isMet, isClear }) => [metric, isMet, isClear])).toEqual([
      ['cpu', true, true],
      ['time', false, true],
      ['bytes', true, true],
      ['p99', false, true],
    ])
  })

  it('claims no interval, and nothing clear, from two processes', () => {
    const { contenders, goals } = summarizeCase(bench, replicates.slice(0, 2), {})

    expect(contenders[1]?.ratio.time.low).toBeNaN()
    expect(goals[0]).toMatchObject({ isMet: true, isClear: false })
  })

  it('falls back to the first contender when the baseline could not be measured', () => {
    const without = replicates.map(({ samples, bytes }) => ({ samples: samples.slice(1), bytes }))

    expect(summarizeCase(bench, without, {}).baseline).toBe('holdfast')
  })
})

describe('what is printed', () => {
  it('has ratios, intervals and goals in the row of ours', () => {
    const ours = result.contenders[1]
    if (!ours) throw new Error('no row')

    expect(caseRow(result, ours)).toEqual([
      'holdfast',
      '2.50 ms',
      '1.30',
      '1.25–1.35',
      '2.00 ms',
      '2.00',
      '450',
      'cpu ≤ 2.50 × raw: met (2.00) · time ≤ 1.20 × raw: missed (1.30) · bytes ≤ 0.50 × raw: met (0.45) · p99 ≤ 1.00 × raw: missed (1.30)',
    ])
  })

  it('names what is missed at the end', () => {
    expect(renderGoals(whole)).toContain('2 of 4 goals met')
    expect(renderGoals(whole)).toContain('time ≤ 1.20 × raw: missed')
  })

  it('names who is absent, and why', () => {
    expect(renderCase(result)).toContain('absent: is not installed')
  })

  it('marks a goal whose interval lies on both sides of its bound', () => {
    const [goal] = result.goals
    if (!goal) throw new Error('no goal')

    expect(describeGoal({ ...goal, isClear: false })).toBe('cpu ≤ 2.50 × raw: met ~ (2.00)')
  })

  it('stands in Markdown and on a page of its own, without a reference to anything outside', () => {
    expect(compareMarkdown(whole)).toContain('| holdfast | 2.50 ms |')
    const html = compareHtml(whole)
    expect(html).toContain('<svg')
    expect(html).not.toContain('NaN')
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|href=/)
  })
})
