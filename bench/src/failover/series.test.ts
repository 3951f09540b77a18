import { describe, expect, it } from 'vitest'

import { normalAfter, stretch, type Series } from './series.ts'

/** A request every 10 ms from 0, with the latency that is given for its instant. */
function seriesOf(
  count: number,
  latencyAt: (at: number) => number,
  failsAt: (at: number) => boolean = () => false,
): Series {
  const dueAt = Array.from({ length: count }, (_, n) => n * 10)
  return {
    dueAt,
    latencyMs: dueAt.map(latencyAt),
    hasFailed: dueAt.map(failsAt),
    queriesAt: dueAt.filter((at) => at < 100),
    firstError: undefined,
    stalledMs: 0,
  }
}

describe('a stretch of a series', () => {
  it('is of the requests that were due in it', () => {
    const series = seriesOf(
      100,
      (at) => at,
      (at) => at === 500,
    )

    expect(stretch(series, 400, 600)).toEqual({
      requests: 20,
      errors: 1,
      p50Ms: 500,
      p99Ms: 590,
      maxMs: 590,
      mostQueries: 0,
    })
    expect(stretch(series, 0, 200).mostQueries).toBe(100)
  })
})

describe('latency', () => {
  it('is normal again when it stays so', () => {
    const jagged = (at: number): number => (at < 300 || (at >= 400 && at < 500) ? 100 : 5)

    expect(
      normalAfter(
        seriesOf(500, () => 5),
        0,
        5,
      ),
    ).toBe(0)
    expect(normalAfter(seriesOf(500, jagged), 0, 5)).toBe(500)
    expect(
      normalAfter(
        seriesOf(500, () => 100),
        0,
        5,
      ),
    ).toBeNaN()
  })
})
