import type { Loop } from '../suites/loops.ts'
import { fastestHalf, total } from '../stats/slices.ts'
import { calibrate, type Effort, hasFineCpuClock, type Slice, timeSlice, warmUpAlike } from './slice.ts'

/** Two builds of one bench in one process. */
export interface Duel {
  readonly base: Loop
  readonly head: Loop
  readonly step: number
  /** Which side is warmed and begins; alternates over the processes. */
  readonly first: 'base' | 'head'
  /** How much more work the head does than it reports; 1 is none. */
  readonly inflation: number
  readonly effort: Effort
  /** Slices on each side. */
  readonly slices: number
}

/** One data point: what one process says of head over base. */
export interface Point {
  /** ln of the ratio of processor times, each the mean of the fastest half of its slices: what is done. */
  readonly x: number
  /** ln of the ratio of wall times, over all slices: what is waited for, and what happens now and then. */
  readonly y: number
  readonly operations: number
  /** Milliseconds of processor time per operation. */
  readonly baseMs: number
  readonly headMs: number
}

const discarded = 4

/** Warms both sides alike, finds one number of operations for both, and times short slices in the order ABBA. */
export async function runDuel(duel: Duel): Promise<Point> {
  const { effort, step, first } = duel
  const base = { run: duel.base, inflation: 1, slices: [] as Slice[] }
  const head = { run: duel.head, inflation: duel.inflation, slices: [] as Slice[] }
  const order = first === 'base' ? [base, head] : [head, base]
  const warm = await warmUpAlike(
    order.map(({ run }) => run),
    effort,
    step,
  )
  // The faster side's slice is long enough, then the other's is too. Fifths stay whole, so that an injected fifth is exact.
  let operations = 0
  for (const [i, { run }] of order.entries()) {
    operations = Math.max(operations, await calibrate(run, effort, step * 5, warm[i] ?? 0))
  }
  for (let round = 0; round < duel.slices + discarded; round++) {
    if (round === discarded) globalThis.gc?.()
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      const done = Math.round((operations * side.inflation) / step) * step
      const slice = await timeSlice(side.run, done, operations)
      if (round >= discarded) side.slices.push(slice)
    }
  }
  const metric = hasFineCpuClock() ? 'cpu' : 'time'
  const centreOf = ({ slices }: { readonly slices: readonly Slice[] }): number =>
    fastestHalf(slices.map((slice) => slice[metric]))
  const totalOf = ({ slices }: { readonly slices: readonly Slice[] }): number => total(slices.map(({ time }) => time))
  const baseMs = centreOf(base)
  const headMs = centreOf(head)
  return { x: Math.log(headMs / baseMs), y: Math.log(totalOf(head) / totalOf(base)), operations, baseMs, headMs }
}
