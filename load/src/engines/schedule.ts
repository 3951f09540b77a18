import { createRandom } from '@holdfast/bench/stats/random'

/** When requests are due: at random, as independent users come (Poisson), one after the other, or all at once. */
export type Arrivals = 'poisson' | 'constant' | 'burst'

/** The instants at which requests are due, in milliseconds from the start, for `durationMs` at `rate` a second. */
export function scheduleArrivals(
  arrivals: Arrivals,
  { rate, durationMs, seed }: { readonly rate: number; readonly durationMs: number; readonly seed: number },
): Float64Array {
  if (arrivals === 'constant') {
    return Float64Array.from({ length: Math.floor((rate * durationMs) / 1_000) }, (_, index) => (index * 1_000) / rate)
  }
  if (arrivals === 'burst') return new Float64Array(Math.floor((rate * durationMs) / 1_000))
  const random = createRandom(seed)
  const due: number[] = []
  for (let at = 0; ;) {
    at -= (Math.log(1 - random.next()) * 1_000) / rate
    if (at >= durationMs) return Float64Array.from(due)
    due.push(at)
  }
}
