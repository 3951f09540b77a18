import { describe, expect, it } from 'vitest'

import type { Point } from '../engine/duel.ts'
import { ExitCode } from '../exit.ts'
import { createRandom } from '../stats/random.ts'
import { splitAlpha } from '../stats/verdict.ts'
import {
  checkSentinel,
  compareCounts,
  exitCodeOf,
  type Findings,
  isSettled,
  judge,
  type Judged,
  mergeCounts,
  plansOf,
  unableAfter,
  verdictOf,
} from './judge.ts'

const plans = plansOf({ looks: [15, 24, 36], alphas: splitAlpha(0.01, 3), family: 34, beta: 0.01 }, 0.05, 0.2)

function points(n: number, spread: number, x: number, y: number = x): Point[] {
  const random = createRandom(9)
  return Array.from({ length: n }, () => {
    const noise = random.normal() * spread
    return { x: x + noise, y: y + noise, operations: 100, baseMs: 1, headMs: 1 }
  })
}

function judged(n: number, spread: number, x: number, y?: number): Judged {
  return judge({ id: 'b', points: points(n, spread, x, y) }, plans)
}

const fine: Findings = { benches: [judged(15, 0.02, 0)], counts: [], sentinels: [], disturbedShare: 0 }

describe('a bench', () => {
  it('passes when both sides are alike', () => {
    expect(judged(15, 0.03, 0).outcome).toBe('pass')
  })

  it('fails when the head is a fifth slower, in the centre or in the tails alone', () => {
    expect(judged(15, 0.03, Math.log(1.2)).outcome).toBe('fail')
    expect(judged(15, 0.03, 0, Math.log(1.5)).outcome).toBe('fail')
    expect(judged(15, 0.03, 0, Math.log(1.1)).outcome).toBe('pass')
  })

  it('is improved when it is surely faster', () => {
    expect(judged(15, 0.03, Math.log(0.8)).outcome).toBe('improved')
  })

  it('stays open where the noise is too loud, and says what it could have missed', () => {
    const open = judged(36, 0.7, 0)

    expect(open.outcome).toBe('inconclusive')
    expect(open.detectable).toBeGreaterThan(1.2)
    expect(isSettled(open)).toBe(false)
  })

  it('is open before the first look, whatever the points say', () => {
    expect(judged(14, 0.01, 1).outcome).toBe('inconclusive')
  })

  it('is new when only the base cannot do it, and broken when the head cannot', () => {
    const unable = (side: 'base' | 'head', kind: 'missing' | 'threw'): string =>
      judge({ id: 'b', points: [], unable: { side, kind, reason: 'gone' } }, plans).outcome

    expect(unable('base', 'missing')).toBe('new')
    expect(unable('head', 'missing')).toBe('broken')
    expect(unable('head', 'threw')).toBe('broken')
    expect(unable('base', 'threw')).toBe('new')
  })

  it('is judged by what there is when the base has done it before', () => {
    const unable = { side: 'base', kind: 'threw', reason: 'starved' } as const
    const outcome = (n: number, x: number): string =>
      judge({ id: 'b', points: points(n, 0.03, x), unable }, plans).outcome

    expect(outcome(15, Math.log(1.2))).toBe('fail')
    expect(outcome(15, 0)).toBe('pass')
    expect(outcome(6, Math.log(1.2))).toBe('inconclusive')
    expect(judge({ id: 'b', points: points(15, 0.03, 0), incidents: [unable] }, plans).reason).toBe('base: starved')
  })

  it('cannot be compared when a side lacks it, or has thrown some times', () => {
    const incident = (side: 'base' | 'head', kind: 'missing' | 'threw') => ({ side, kind, reason: side })
    const [head, base] = [incident('head', 'threw'), incident('base', 'threw')]

    expect(unableAfter([head, base, head, base])).toBeUndefined()
    expect(unableAfter([head, base, head, base, head, base])).toBe(head)
    expect(unableAfter([base, base, base])).toBe(base)
    expect(unableAfter([incident('base', 'missing')])).toMatchObject({ side: 'base', kind: 'missing' })
  })
})

describe('counts', () => {
  const outcomes = (base: object, head: object, accepted: readonly string[] = []): readonly string[] =>
    compareCounts('b', { operations: 100, ...base }, { operations: 100, ...head }, new Set(accepted)).map(
      ({ outcome }) => outcome,
    )

  it('fail for one more command, and pass for a heartbeat', () => {
    expect(outcomes({ commandsInAll: 2 }, { commandsInAll: 2.01 })).toEqual(['pass'])
    expect(outcomes({ commandsInAll: 2 }, { commandsInAll: 3 })).toEqual(['fail'])
    expect(outcomes({ commandsInAll: 2 }, { commandsInAll: 1 })).toEqual(['improved'])
  })

  it('see two commands where one served a whole batch', () => {
    const batch = { operations: 6_400 }

    expect(outcomes({ ...batch, commandsInAll: 1 / 64 }, { ...batch, commandsInAll: 2 / 64 })).toEqual(['fail'])
  })

  it('fail for one closure per operation', () => {
    expect(outcomes({ allocated: 120 }, { allocated: 184 })).toEqual(['fail'])
    expect(outcomes({ allocated: 120 }, { allocated: 126 })).toEqual(['pass'])
  })

  it('fail for one more load of a whole crowd', () => {
    expect(outcomes({ loads: 0.01 }, { loads: 0.02 })).toEqual(['fail'])
  })

  it('are not compared where one side has none', () => {
    expect(outcomes({ loads: 1 }, {})).toEqual([])
  })

  it('are accepted by name', () => {
    expect(outcomes({ loads: 1 }, { loads: 2 }, ['b:loads'])).toEqual(['accepted'])
  })

  it('merge field by field', () => {
    const merged = mergeCounts(
      { operations: 10, commandsInAll: 2, bytesOnWire: 90 },
      { operations: 10, commandsInAll: 1, bytesOnWire: 95 },
      Math.min,
    )

    expect(merged).toEqual({ operations: 10, commandsInAll: 1, bytesOnWire: 90 })
  })
})

describe('the verdict', () => {
  const wrong = checkSentinel(judged(15, 0.02, 0), 'fail')
  const right = checkSentinel(judged(15, 0.02, Math.log(1.2)), 'fail')
  const failed = judged(15, 0.02, Math.log(1.3))
  const open = judged(36, 0.7, 0)
  const counted = compareCounts('b', { operations: 100, loads: 1 }, { operations: 100, loads: 2 }, new Set())

  it('is a pass when all is well', () => {
    expect(verdictOf({ ...fine, sentinels: [right] })).toBe('pass')
  })

  it('is untrusted when a sentinel is wrong, for good news and for bad', () => {
    expect(verdictOf({ ...fine, sentinels: [right, wrong] })).toBe('untrusted')
    expect(verdictOf({ ...fine, benches: [failed], sentinels: [wrong] })).toBe('untrusted')
  })

  it('is a failure for what was counted, whatever the sentinels say', () => {
    expect(verdictOf({ ...fine, counts: counted, sentinels: [wrong] })).toBe('fail')
  })

  it('is untrusted when the machine was away most of the time', () => {
    expect(verdictOf({ ...fine, disturbedShare: 0.6 })).toBe('untrusted')
  })

  it('is open when a bench is, unless another has failed', () => {
    expect(verdictOf({ ...fine, benches: [open] })).toBe('inconclusive')
    expect(verdictOf({ ...fine, benches: [open, failed] })).toBe('fail')
  })

  it('has the exit code that the README names', () => {
    expect(exitCodeOf('pass', 'fail')).toBe(ExitCode.pass)
    expect(exitCodeOf('fail', 'warn')).toBe(ExitCode.fail)
    expect(exitCodeOf('untrusted', 'warn')).toBe(ExitCode.untrusted)
    expect(exitCodeOf('inconclusive', 'warn')).toBe(ExitCode.pass)
    expect(exitCodeOf('inconclusive', 'fail')).toBe(ExitCode.fail)
  })
})
