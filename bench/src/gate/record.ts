import { bcaInterval } from '../stats/bootstrap.ts'
import type { Plan } from '../stats/verdict.ts'
import { hodgesLehmann, walshAverages } from '../stats/walsh.ts'
import { judge, type Measured } from './judge.ts'
import type { BenchRecord } from './result.ts'

/** A bench with its verdict and all that it rests on. */
export function recordOf(
  { title }: { readonly title: string },
  measured: Measured,
  plans: { readonly centre: Plan; readonly tails: Plan },
  injected: number | undefined,
): BenchRecord {
  const x = measured.points.map((point) => point.x)
  const interval =
    x.length < 2 ? undefined : bcaInterval(x, (sample) => hodgesLehmann(walshAverages(sample)), { resamples: 2_000 })
  return {
    ...judge(measured, plans),
    title,
    points: measured.points,
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
    ...(injected === undefined ? {} : { injected }),
  }
}
