import { UsageError } from '@holdfast/bench/exit'
import { describe, expect, it } from 'vitest'
import type { RunFindings } from '../run/result.ts'
import type { Played } from '../scenarios/play.ts'
import type { JudgedLine } from '../verdict/judge-line.ts'
import { claims } from './claims.ts'
import { judgeClaims } from './judge-claims.ts'
import { planClaims, selectClaims } from './options.ts'

const settings = { seed: 4, skew: undefined, rows: 100_000, isQuick: false, durationMs: undefined }

/** What was played, with every condition of the claims met, except those on `broken`. */
function findings(
  names: readonly string[],
  { broken = '', outcome = 'pass' }: { readonly broken?: string; readonly outcome?: Played['outcome'] } = {},
): RunFindings {
  const scenarios = planClaims(selectClaims(names, {})).map(({ scenario, plan }) => {
    const lines = plan.map(({ metric, expression }): JudgedLine => ({
      metric,
      expression: expression.text,
      kind: 'exact',
      n: 1,
      observed: '42',
      judged: '42',
      isMet: metric !== broken,
    }))
    const found = lines.some(({ isMet }) => !isMet) && outcome === 'pass' ? 'fail' : outcome
    const played = { name: scenario.name, lines, outcome: found } as unknown as Played
    return { played, control: undefined }
  })
  return { settings, scenarios, startedAt: 0, durationMs: 1 }
}

describe('the claims', () => {
  it('rest on scenarios and metrics that there are, one figure of them on each', () => {
    const plans = planClaims(selectClaims([], {}))

    expect(plans.length).toBeGreaterThan(5)
    for (const { figure, proof } of claims) expect(Object.values(proof).flatMap(Object.keys)).toContain(figure)
  })

  it('play each scenario once, with the conditions of all claims that rest on it', () => {
    const plans = planClaims(selectClaims(['speed', 'queries', 'fresh'], {}))

    const mixed = plans.find(({ scenario }) => scenario.name === 'mixed')!.plan.map(({ metric }) => metric)
    expect(plans.map(({ scenario }) => scenario.name).toSorted()).toEqual(['coherence', 'mixed', 'saturation'])
    expect(mixed).toContain('latency{cache:hit} vs latency{cache:miss}')
    expect(mixed).toContain('staleness')
  })

  it('refuse names and metrics of nothing', () => {
    expect(() => selectClaims(['beauty'], {})).toThrow(UsageError)
    expect(() => selectClaims([], { luck: ['count==1'] })).toThrow(/No claim rests on luck/)
    expect(() =>
      planClaims(selectClaims(['speed'], { 'latency{cache:hit} vs latency{cache:miss}': ['count==1'] })),
    ).toThrow(UsageError)
  })

  it('hold when all their conditions are met, and say what was measured', () => {
    const report = judgeClaims(selectClaims(['speed', 'users'], {}), findings(['speed', 'users']))

    expect(report.exitCode).toBe(0)
    expect(report.verdict).toBe('All 2 claims hold (seed 4): speed 42, users 42.')
  })

  it('break with any of their conditions, and leave the others alone', () => {
    const names = ['speed', 'users']
    const report = judgeClaims(selectClaims(names, {}), findings(names, { broken: 'hit_ratio' }))

    expect(report.exitCode).toBe(1)
    expect(report.claims!.map(({ outcome }) => outcome)).toEqual(['holds', 'broken'])
    expect(report.verdict).toMatch(
      /^Broken: the claim that ten times .*: hit_ratio of capacity is 42, and should be value>=0.95\. Again: pnpm load claims speed users --seed 4$/,
    )
  })

  it('are untrusted where what they rest on is', () => {
    const report = judgeClaims(selectClaims(['users'], {}), findings(['users'], { outcome: 'untrusted' }))

    expect(report.exitCode).toBe(3)
    expect(report.claims![0]!.outcome).toBe('untrusted')
  })

  it('are broken when nothing was played', () => {
    const report = judgeClaims(selectClaims(['users'], {}), { ...findings(['users']), scenarios: [] })

    expect(report.exitCode).toBe(1)
  })
})
