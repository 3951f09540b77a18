import { belady } from './policies/belady.ts'
import { holdfast } from './policies/holdfast.ts'
import { lruCache } from './policies/lru-cache.ts'
import { lru } from './policies/lru.ts'
import type { Policy } from './policies/policy.ts'
import { s3Fifo } from './policies/s3-fifo.ts'
import type { Trace } from './trace.ts'

/** All policies, ours first and the bound last. */
export const policies: readonly Policy[] = [holdfast, lru, lruCache, s3Fifo, belady]

/** One trace at one size: hit rates by the name of the policy, in percent of the requests. */
export interface Cell {
  readonly trace: string
  readonly share: number
  readonly capacity: number
  readonly rates: Readonly<Record<string, number>>
}

/** What the cells say of one policy, in points. */
export interface Summary {
  readonly policy: string
  /** The mean distance to the bound. */
  readonly toBelady: number
  /** The mean lead over lru-cache. */
  readonly overLruCache: number
  /** The cell in which it loses most to lru-cache, or wins least. */
  readonly worst: number
}

/** The number of entries that a share of the unique keys is, at least 2. */
export function capacityOf(trace: Trace, share: number): number {
  return Math.max(2, Math.round(trace.unique * share))
}

export function compareCell(trace: Trace, share: number, chosen: readonly Policy[]): Cell {
  const capacity = capacityOf(trace, share)
  const rates: Record<string, number> = {}
  for (const policy of chosen) rates[policy.name] = (100 * policy.hits(trace, capacity)) / trace.requests.length
  return { trace: trace.name, share, capacity, rates }
}

/** Means over all cells, for the policies that were run beside both yardsticks. */
export function summarize(cells: readonly Cell[], chosen: readonly Policy[]): readonly Summary[] {
  const difference = (cell: Cell, one: string, other: string): number =>
    (cell.rates[one] ?? Number.NaN) - (cell.rates[other] ?? Number.NaN)
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return chosen
    .filter(({ name }) => name !== belady.name)
    .map(({ name }) => ({
      policy: name,
      toBelady: mean(cells.map((cell) => difference(cell, belady.name, name))),
      overLruCache: mean(cells.map((cell) => difference(cell, name, lruCache.name))),
      worst: Math.min(...cells.map((cell) => difference(cell, name, lruCache.name))),
    }))
}
