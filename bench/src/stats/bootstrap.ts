import { normalCdf, normalQuantile } from './normal.ts'
import { quantile } from './quantile.ts'
import { createRandom } from './random.ts'

/** An interval for people's eyes: what a verdict rests on is the signed-rank bound, not this. */
export interface Interval {
  readonly low: number
  readonly high: number
}

export interface BootstrapOptions {
  /** @default 0.95 */
  readonly confidence?: number
  /** @default 10_000 */
  readonly resamples?: number
  /** @default 1 */
  readonly seed?: number
}

/**
 * The bias-corrected and accelerated bootstrap interval of a statistic; one value is one process.
 *
 * Source: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987).
 */
export function bcaInterval(
  x: readonly number[],
  statistic: (sample: readonly number[]) => number,
  { confidence = 0.95, resamples = 10_000, seed = 1 }: BootstrapOptions = {},
): Interval {
  const observed = statistic(x)
  if (x.length < 2 || x.every((value) => value === x[0])) return { low: observed, high: observed }
  const random = createRandom(seed)
  const replicates = new Float64Array(resamples)
  const sample = x.slice()
  let below = 0
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < sample.length; i++) sample[i] = x[random.integer(x.length)] ?? Number.NaN
    const value = statistic(sample)
    replicates[r] = value
    // Half of the ties, so that a discrete statistic has no bias of its own.
    below += value < observed ? 1 : value === observed ? 0.5 : 0
  }
  replicates.sort()
  const bias = normalQuantile(Math.min(Math.max(below / resamples, 1 / resamples), 1 - 1 / resamples))
  const acceleration = accelerationOf(x, statistic)
  const level = (p: number): number => {
    const z = normalQuantile(p)
    return normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
  }
  const tail = (1 - confidence) / 2
  return { low: quantile(replicates, level(tail)), high: quantile(replicates, level(1 - tail)) }
}

/** The jackknife estimate of the acceleration: a sixth of the skewness of the leave-one-out statistics. */
function accelerationOf(x: readonly number[], statistic: (sample: readonly number[]) => number): number {
  const left = x.map((_, i) => statistic([...x.slice(0, i), ...x.slice(i + 1)]))
  const mean = left.reduce((sum, value) => sum + value, 0) / left.length
  let squares = 0
  let cubes = 0
  for (const value of left) {
    squares += (mean - value) ** 2
    cubes += (mean - value) ** 3
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5)
}
