import type { Samples } from '../engines/samples.ts'
import { placesOf } from '../measure/slice.ts'
import { hitOutcomes } from './measures.ts'

const windowMs = 1_000
const stepMs = 100

/**
 * How long after `fromMs` of a run it took until a whole second had a hit ratio of at least `least`, up to that second's beginning;
 * `undefined` when none had.
 */
export function timeToHitRatio(samples: Samples, least: number, fromMs: number): number | undefined {
  const end = samples.at.at(-1) ?? 0
  for (let at = fromMs; at + windowMs <= end; at += stepMs) {
    const window = { fromMs: at, toMs: at + windowMs }
    const hits = placesOf(samples, { ...window, outcomes: hitOutcomes }).length
    const misses = placesOf(samples, { ...window, outcomes: ['miss', 'bypass'] }).length
    if (hits + misses > 0 && hits / (hits + misses) >= least) return at - fromMs
  }
  return undefined
}
