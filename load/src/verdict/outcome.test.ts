import { describe, expect, it } from 'vitest'
import type { JudgedLine } from './judge-line.ts'
import { judgeOutcome } from './outcome.ts'

const quiet = { lagMs: 1, stoodStillMs: 20 }

function line(kind: JudgedLine['kind'], isMet: boolean, n = 300): JudgedLine {
  return { metric: 'metric', expression: 'count==0', kind, n, observed: '', judged: '', isMet }
}

describe('the outcome of a scenario', () => {
  it('is what its lines say while the generator was well', () => {
    expect(judgeOutcome([line('exact', true)], quiet).outcome).toBe('pass')
    expect(judgeOutcome([line('exact', true), line('absolute', false)], quiet).outcome).toBe('fail')
  })

  it('is not trusted where only times are broken and the generator was late', () => {
    const late = { ...quiet, lagMs: 6 }

    expect(judgeOutcome([line('absolute', false)], late)).toMatchObject({
      outcome: 'untrusted',
      doubt: expect.stringMatching(/late itself/),
    })
    expect(judgeOutcome([line('absolute', true)], late).outcome).toBe('pass')
    expect(judgeOutcome([line('absolute', false), line('exact', false)], late).outcome).toBe('fail')
    expect(judgeOutcome([line('absolute', false, 0)], late).outcome).toBe('fail')
  })

  it('is never a pass when the generator stood still', () => {
    const frozen = { ...quiet, stoodStillMs: 2_000 }

    expect(judgeOutcome([line('exact', true)], frozen)).toMatchObject({
      outcome: 'untrusted',
      doubt: expect.stringMatching(/stood still for 2\.0 s/),
    })
    expect(judgeOutcome([line('absolute', false)], frozen).outcome).toBe('untrusted')
    expect(judgeOutcome([line('exact', false)], frozen).outcome).toBe('fail')
  })

  it('is not trusted where the scenario itself has a doubt, unless all is met', () => {
    expect(judgeOutcome([line('exact', false)], { ...quiet, doubt: 'a stall' }).outcome).toBe('untrusted')
    expect(judgeOutcome([line('exact', true)], { ...quiet, doubt: 'a stall' }).outcome).toBe('pass')
  })
})
