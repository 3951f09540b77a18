import { createRandom, shuffle } from './random.ts'

export interface ChangePoint {
  /** The first index of the new level. */
  readonly index: number
  /** How likely a change this clear is in shuffled data. */
  readonly p: number
  /** Mean after over mean before. */
  readonly ratio: number
}

export interface ChangePointOptions {
  /** A change is reported when shuffles show it at most this often. @default 0.01 */
  readonly alpha?: number
  /** Changes smaller than this are not worth a mark. @default 0.05 */
  readonly minimum?: number
  /** The least number of values on each side. @default 3 */
  readonly segment?: number
  /** @default 499 */
  readonly permutations?: number
  /** @default 1 */
  readonly seed?: number
}

/**
 * Where a history of results changed its level: the divisive energy-statistics method, with a permutation test for each split.
 *
 * Source: D. Matteson, N. James, "A nonparametric approach for multiple change point analysis", JASA 109 (2014).
 */
export function changePoints(values: readonly number[], options: ChangePointOptions = {}): readonly ChangePoint[] {
  const { alpha = 0.01, minimum = 0.05, segment = 3, permutations = 499, seed = 1 } = options
  const found: ChangePoint[] = []
  const search = (from: number, to: number): void => {
    const part = values.slice(from, to)
    const split = bestSplit(part, segment)
    if (!split) return
    const random = createRandom(seed + from)
    let asClear = 1
    for (let i = 0; i < permutations; i++) {
      if ((bestSplit(shuffle(part.slice(), random), segment)?.statistic ?? 0) >= split.statistic) asClear++
    }
    const p = asClear / (permutations + 1)
    if (p > alpha) return
    const index = from + split.index
    const ratio = mean(values.slice(index, to)) / mean(values.slice(from, index))
    if (Math.abs(Math.log(ratio)) >= Math.log1p(minimum)) found.push({ index, p, ratio })
    search(from, index)
    search(index, to)
  }
  search(0, values.length)
  return found.sort((a, b) => a.index - b.index)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The split with the largest scaled energy distance between its sides, in O(n²). */
function bestSplit(
  x: readonly number[],
  segment: number,
): { readonly index: number; readonly statistic: number } | undefined {
  const n = x.length
  if (n < 2 * segment) return undefined
  const distance = (i: number, j: number): number => Math.abs((x[i] ?? 0) - (x[j] ?? 0))
  let within = 0
  let across = 0
  let after = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) after += distance(i, j)
  let best: { index: number; statistic: number } | undefined
  for (let index = 1; index <= n - segment; index++) {
    // The value at index - 1 moves from the right side to the left.
    const moved = index - 1
    let toLeft = 0
    let toRight = 0
    for (let j = 0; j < moved; j++) toLeft += distance(moved, j)
    for (let j = index; j < n; j++) toRight += distance(moved, j)
    within += toLeft
    after -= toRight
    across += toRight - toLeft
    if (index < segment) continue
    const right = n - index
    const energy =
      (2 * across) / (index * right) -
      (index > 1 ? within / ((index * (index - 1)) / 2) : 0) -
      (right > 1 ? after / ((right * (right - 1)) / 2) : 0)
    const statistic = ((index * right) / n) * energy
    if (!best || statistic > best.statistic) best = { index, statistic }
  }
  return best
}
