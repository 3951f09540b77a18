import { UsageError } from '@holdfast/bench/exit'
import { describe, expect, it } from 'vitest'
import { makeTraffic, type Traffic } from './traffic.ts'
import { workloadOf } from './workload.ts'

function sequence({ catalog, order }: Traffic): string[] {
  return Array.from(order, (place) => JSON.stringify(catalog[place]))
}

function make(
  name: string,
  { seed = 1, count = 5_000, skew }: { seed?: number; count?: number; skew?: number } = {},
): Traffic {
  return makeTraffic({ workload: workloadOf(name, skew), seed, count, rows: 10_000 })
}

/** Hits of a cache that never forgets. */
function hitRatio(traffic: Traffic): number {
  const seen = new Set<string>()
  let reads = 0
  let hits = 0
  for (const place of traffic.order) {
    const entry = traffic.catalog[place]!
    if (entry.type === 'write') continue
    reads++
    if (seen.has(entry.key)) hits++
    seen.add(entry.key)
  }
  return hits / reads
}

describe('traffic', () => {
  it.each(['browse', 'api', 'hot', 'write-heavy', 'scan', 'session'])('of %s is the same for the same seed', (name) => {
    expect(sequence(make(name))).toEqual(sequence(make(name)))
    expect(sequence(make(name))).not.toEqual(sequence(make(name, { seed: 2 })))
  })

  it('begins alike when it is longer', () => {
    expect(sequence(make('browse', { count: 300 }))).toEqual(sequence(make('browse')).slice(0, 300))
  })

  it.each([
    ['browse', 0.005],
    ['api', 0.05],
    ['write-heavy', 0.5],
  ])('of %s writes as often as it says', (name, share) => {
    const { catalog, order } = make(name, { count: 20_000 })

    const writes = order.filter((place) => catalog[place]!.type === 'write').length / order.length

    expect(Math.abs(writes - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / order.length))
  })

  it('hits more with more skew, and less where it walks', () => {
    const ratios = [make('browse', { skew: 0.6 }), make('browse', { skew: 1 }), make('browse', { skew: 1.4 })].map(
      hitRatio,
    )

    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b))
    expect(hitRatio(make('scan'))).toBeLessThan(hitRatio(make('api')) - 0.05)
  })

  it('knows no other workload', () => {
    expect(() => workloadOf('none')).toThrow(UsageError)
  })
})
