import type { Entry } from '@holdfast/core'
import { describe, expect, it } from 'vitest'

import { KeyHash, randomNumbers } from '../src/key-hash.ts'
import { BoundedStore } from '../src/memory-store.ts'
import { parseOptions } from '../src/options.ts'
import { PlainPolicy } from './plain-policy.ts'
import { generatedTraces, randomOf, tracesOf, type Trace } from './traces.ts'

const seeds = [1, 2, 3]
const shares = [0.01, 0.05, 0.1, 0.25]
/** Where a region is one entry, a ghost remembers one, and rounding shows. */
const smallSizes = [2, 3, 5, 10, 20, 37]
const entry: Entry = { value: 1, createdAt: 0, staleAt: 8e15, expiresAt: 8e15, tags: [] }

/** A folder of recorded traces, for a longer run. */
const folder = process.env['HOLDFAST_TRACES']
const traces = folder === undefined ? generatedTraces(60_000) : tracesOf(folder)

describe('memoryStore against the plain form of its policy', () => {
  it.each(traces)('hits as much on $name', { timeout: 300_000 }, (trace) => {
    for (const share of shares) {
      const capacity = Math.max(2, Math.round(trace.unique * share))

      const store = mean(seeds.map((seed) => storeRate(trace, capacity, seed)))
      const plain = mean(seeds.map((seed) => plainRate(trace, capacity, seed)))

      expect(Math.abs(store - plain), `${trace.name} at ${capacity}: ${store} and ${plain}`).toBeLessThanOrEqual(0.5)
    }
  })

  it.each(traces)('hits as much in a few entries on $name', { timeout: 300_000 }, (trace) => {
    for (const capacity of smallSizes) {
      const manySeeds = [1, 2, 3, 4, 5, 6, 7, 8]

      const store = mean(manySeeds.map((seed) => storeRate(trace, capacity, seed)))
      const plain = mean(manySeeds.map((seed) => plainRate(trace, capacity, seed)))

      expect(Math.abs(store - plain), `${trace.name} at ${capacity}: ${store} and ${plain}`).toBeLessThanOrEqual(0.5)
    }
  })
})

function storeRate(trace: Trace, capacity: number, seed: number): number {
  const random = randomOf(seed)
  const hash = new KeyHash(Int32Array.from({ length: randomNumbers }, () => random() * 2 ** 32))
  const store = new BoundedStore(parseOptions({ maxEntries: capacity }), hash)
  let hits = 0
  for (const key of trace.requests) {
    if (store.get(`key:${key}`) === undefined) store.set(`key:${key}`, entry)
    else hits++
  }
  return (100 * hits) / trace.requests.length
}

function plainRate(trace: Trace, capacity: number, seed: number): number {
  const policy = new PlainPolicy(capacity, seed)
  let hits = 0
  for (const key of trace.requests) if (policy.request(key)) hits++
  return (100 * hits) / trace.requests.length
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
