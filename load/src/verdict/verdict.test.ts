import { UsageError } from '@holdfast/bench/exit'
import { describe, expect, it } from 'vitest'
import { parseExpression } from './expression.ts'
import { judgeLine } from './judge-line.ts'
import type { Metric } from './metric.ts'

function judge(text: string, metric: Metric): ReturnType<typeof judgeLine> {
  return judgeLine('metric', parseExpression(text, metric.kind), metric)
}

function upTo(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, index) => index + 1)
}

describe('a condition', () => {
  it.each<[string, Metric, boolean]>([
    ['count==0', { kind: 'count', value: 0 }, true],
    ['count==0', { kind: 'count', value: 1 }, false],
    ['value>=0.8', { kind: 'share', part: 80, of: 100 }, true],
    ['value>=0.8', { kind: 'share', part: 79, of: 100 }, false],
    ['rate==0', { kind: 'share', part: 0, of: 3 }, true],
    ['rate<1%', { kind: 'share', part: 1, of: 100 }, false],
    ['reduction>=70%', { kind: 'reduction', before: 1_000, after: 300 }, true],
    ['reduction>=70%', { kind: 'reduction', before: 1_000, after: 301 }, false],
    ['max<=10ms', { kind: 'times', sorted: upTo(10) }, true],
    ['max<10ms', { kind: 'times', sorted: upTo(10) }, false],
    ['delay<=1s', { kind: 'delay', ms: 1_000 }, true],
    ['delay<=1s', { kind: 'delay', ms: undefined }, false],
    ['ratio>=10', { kind: 'ratio', estimate: 14, lower: 10.1, n: 3 }, true],
    ['ratio>=10', { kind: 'ratio', estimate: 14, lower: 9.9, n: 3 }, false],
    ['faster>=60%', { kind: 'pairs', ratios: Array.from({ length: 20 }, () => 0.3) }, true],
    ['faster>=60%', { kind: 'pairs', ratios: Array.from({ length: 20 }, () => 0.45) }, false],
  ])('%s of %o: %s', (text, metric, isMet) => {
    expect(judge(text, metric).isMet).toBe(isMet)
  })

  it('judges a quantile by the bound of its order statistics, not by its point', () => {
    const line = judge('p(99)<997ms', { kind: 'times', sorted: upTo(1_000) })

    expect(line).toMatchObject({ n: 1_000, observed: '990 ms', judged: '996 ms', isMet: true })
    expect(judge('p(99)<996ms', { kind: 'times', sorted: upTo(1_000) }).isMet).toBe(false)
  })

  it.each<[string, Metric]>([
    ['value>=0', { kind: 'share', part: 0, of: 0 }],
    ['rate==0', { kind: 'share', part: 0, of: 0 }],
    ['reduction>=0%', { kind: 'reduction', before: 0, after: 0 }],
    ['p(99)<100s', { kind: 'times', sorted: upTo(0) }],
    ['max<=0ms', { kind: 'times', sorted: upTo(0) }],
    ['faster>=0%', { kind: 'pairs', ratios: [] }],
    ['ratio>=0', { kind: 'ratio', estimate: 0, lower: 0, n: 0 }],
  ])('%s is not met by nothing', (text, metric) => {
    expect(judge(text, metric)).toMatchObject({ isMet: false, reason: expect.any(String) })
  })

  it('is not met by fewer values than a bound needs: 299 for a p99', () => {
    expect(judge('p(99)<100s', { kind: 'times', sorted: upTo(298) })).toMatchObject({
      isMet: false,
      reason: '298 values are too few for a bound',
    })
    expect(judge('p(99)<100s', { kind: 'times', sorted: upTo(299) }).isMet).toBe(true)
  })

  it.each([
    ['p99<100ms', 'times'],
    ['p(99)<100', 'times'],
    ['p(99)<100%', 'times'],
    ['value>=0.8s', 'share'],
    ['count==0', 'share'],
    ['value>=0.8', 'count'],
    ['', 'count'],
  ] as const)('%j on %s is wrong usage', (text, kind) => {
    expect(() => parseExpression(text, kind)).toThrow(UsageError)
  })
})
