import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createRandom } from '../stats/random.ts'
import { capacityOf, compareCell, policies, summarize } from './compare.ts'
import { workloads } from './generators.ts'
import { drawHitRates } from './picture.ts'
import { belady } from './policies/belady.ts'
import { lru } from './policies/lru.ts'
import { s3Fifo } from './policies/s3-fifo.ts'
import { readTraces } from './trace-file.ts'
import { numberKeys, type Trace } from './trace.ts'
import { createZipf, permutation } from './zipf.ts'

function generate(name: string, count?: number): Trace {
  const workload = workloads.find((candidate) => candidate.name === name)
  if (!workload) throw new Error(`no workload ${name}`)
  return workload.generate(1, count)
}

/** The most hits that any choices could have given, by trying all of them. */
function bestPossible(requests: readonly number[], capacity: number): number {
  const best = new Map<string, number>()
  const from = (at: number, cached: readonly number[]): number => {
    if (at === requests.length) return 0
    const state = `${at}:${cached.join()}`
    const known = best.get(state)
    if (known !== undefined) return known
    const key = requests[at] ?? 0
    const kept = cached.includes(key) ? cached : [...cached, key].sort((a, b) => a - b)
    const choices = kept.length <= capacity ? [kept] : kept.map((evicted) => kept.filter((one) => one !== evicted))
    const hits = (cached.includes(key) ? 1 : 0) + Math.max(...choices.map((choice) => from(at + 1, choice)))
    best.set(state, hits)
    return hits
  }
  return from(0, [])
}

const smallTrace = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 14 })

describe('zipf', () => {
  it('follows its probabilities (chi-square over 100 ranks, 99.9 %)', () => {
    const n = 100
    const draws = 200_000
    const random = createRandom(3)
    const draw = createZipf(n, 0.99)
    const counts = new Float64Array(n)
    for (let i = 0; i < draws; i++) counts[draw(random)]! += 1
    const weights = Array.from({ length: n }, (_, rank) => (rank + 1) ** -0.99)
    const sum = weights.reduce((a, b) => a + b)

    const chiSquare = weights.reduce((total, weight, rank) => {
      const expected = (draws * weight) / sum
      return total + ((counts[rank] ?? 0) - expected) ** 2 / expected
    }, 0)

    expect(chiSquare).toBeLessThan(148.2)
  })

  it('gives each rank a key of its own', () => {
    expect(new Set(permutation(1_000, createRandom(1))).size).toBe(1_000)
  })

  // Reference figures of an independent simulation: 10,000 keys, 100,000 requests, LRU at 1, 5 and 10 %, and unbounded.
  it.each([
    ['zipf-0.99', [38, 57, 66, 91]],
    ['zipf-1.2', [66, 81, 86, 94]],
  ])('gives LRU the known hit rates of %s', (name, expected) => {
    const trace = generate(name, 100_000)

    const rates = [100, 500, 1_000, 10_000].map((capacity) => (100 * lru.hits(trace, capacity)) / trace.requests.length)

    for (const [i, rate] of rates.entries()) expect(Math.abs(rate - (expected[i] ?? 0))).toBeLessThan(1)
  })
})

describe('workloads', () => {
  it('are the same for the same seed, and others for another', () => {
    for (const workload of workloads.filter(({ name }) => name !== 'loop')) {
      const { requests } = workload.generate(5, 2_000)
      expect(workload.generate(5, 2_000).requests).toEqual(requests)
      expect(workload.generate(6, 2_000).requests).not.toEqual(requests)
    }
  })

  it('mix in the share of scans and one-hit keys that they name', () => {
    const zipf = generate('zipf-0.99').unique

    for (const name of ['scan', 'churn']) {
      const share = (generate(name).unique - zipf) / 200_000
      expect(share).toBeGreaterThan(0.08)
      expect(share).toBeLessThan(0.12)
    }
  })
})

describe('policies', () => {
  it('none passes the bound', () => {
    for (const name of ['zipf-0.99', 'scan', 'session', 'loop']) {
      const trace = generate(name, 20_000)
      const { rates } = compareCell(trace, 0.05, policies)
      for (const [policy, rate] of Object.entries(rates))
        expect(rate, `${policy} on ${name}`).toBeLessThanOrEqual(rates['belady'] ?? 0)
    }
  })

  it('the bound is the best that can be done', () => {
    fc.assert(
      fc.property(smallTrace, fc.integer({ min: 1, max: 4 }), (keys, capacity) => {
        expect(belady.hits(numberKeys('t', keys, keys.length), capacity)).toBe(bestPossible(keys, capacity))
      }),
    )
  })

  it('LRU in a map and lru-cache agree', () => {
    const { rates } = compareCell(generate('scan', 20_000), 0.05, policies)

    expect(rates['lru-cache']).toBe(rates['lru'])
  })

  it('LRU hits nothing on a loop that does not fit', () => {
    expect(lru.hits(generate('loop', 20_000), 1_999)).toBe(0)
    expect(lru.hits(generate('loop', 20_000), 2_000)).toBe(18_000)
  })

  it('S3-FIFO withstands keys that never come back', () => {
    const trace = generate('churn')

    expect(s3Fifo.hits(trace, 500)).toBeGreaterThan(lru.hits(trace, 500) * 1.05)
  })

  it('S3-FIFO does by hand what the paper says', () => {
    // Room for one newcomer and nine others; key 0 is asked for twice more and moves to the main queue, key 1 is not and leaves.
    const keys = [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1]

    expect(s3Fifo.hits(numberKeys('t', keys, keys.length), 10)).toBe(3)
  })
})

describe('figures', () => {
  it('a capacity is at least two entries', () => {
    expect(capacityOf(generate('loop'), 0.0001)).toBe(2)
    expect(capacityOf(generate('loop'), 0.25)).toBe(500)
  })

  it('are summed up against the bound and lru-cache', () => {
    const cell = (rates: Record<string, number>) => ({ trace: 't', share: 0.1, capacity: 10, rates })
    const cells = [
      cell({ holdfast: 50, 'lru-cache': 45, belady: 60 }),
      cell({ holdfast: 30, 'lru-cache': 31, belady: 32 }),
    ]

    expect(summarize(cells, policies)[0]).toEqual({ policy: 'holdfast', toBelady: 6, overLruCache: 2, worst: -1 })
  })

  it('are drawn with one line a policy in each panel', () => {
    const cells = [0.01, 0.1].map((share) => compareCell(generate('loop', 5_000), share, policies))
    const svg = drawHitRates(cells, ['lru', 'belady'])

    expect(svg.match(/<polyline/g)).toHaveLength(2)
    expect(svg).not.toContain('NaN')
  })
})

describe('trace files', () => {
  it('are read plain and gzipped, with sizes and without', () => {
    const folder = mkdtempSync(join(tmpdir(), 'traces-'))
    try {
      writeFileSync(join(folder, 'a.txt'), 'x\ny\nx\n')
      writeFileSync(join(folder, 'b.txt.gz'), gzipSync('7,100\n9,20\n7,100\n9,20\n'))

      const [a, b] = readTraces(folder)

      expect(a).toMatchObject({ name: 'a', unique: 2, requests: Uint32Array.of(0, 1, 0) })
      expect(b).toMatchObject({ name: 'b', unique: 2, requests: Uint32Array.of(0, 1, 0, 1) })
      expect(() => readTraces(join(folder, 'c.txt'))).toThrow('There is no trace at')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
