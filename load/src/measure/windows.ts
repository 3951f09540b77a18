import { median } from '@holdfast/bench/stats/quantile'
import type { Samples } from '../engines/samples.ts'
import { placesOf, type Slice } from './slice.ts'

/** Windows with fewer than this of either have no say. */
const fewest = 3

/**
 * For each window of time, the median latency of one slice over that of the other. What disturbs the machine disturbs both of a
 * window alike, so their ratio is worth more than either.
 */
export function pairedWindows(samples: Samples, first: Slice, second: Slice, windowMs: number): readonly number[] {
  const [one, other] = [byWindow(samples, first, windowMs), byWindow(samples, second, windowMs)]
  return [...one].flatMap(([window, values]) => {
    const others = other.get(window) ?? []
    return values.length < fewest || others.length < fewest ? [] : [median(values) / median(others)]
  })
}

function byWindow(samples: Samples, slice: Slice, windowMs: number): ReadonlyMap<number, readonly number[]> {
  const windows = new Map<number, number[]>()
  for (const place of placesOf(samples, slice)) {
    const window = Math.floor(samples.at[place]! / windowMs)
    const values = windows.get(window) ?? []
    windows.set(window, values)
    values.push(samples.latency[place]!)
  }
  return windows
}
