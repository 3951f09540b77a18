import type { Loop } from '../suites/loops.ts'

/** What n operations took: the wall clock and the processor time of the whole process, in milliseconds per operation. */
export interface Slice {
  readonly time: number
  readonly cpu: number
}

/** Times n operations, reported as `reported` of them (another number injects a slowdown that is exact). */
export async function timeSlice(run: Loop, n: number, reported: number = n): Promise<Slice> {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  // A synchronous loop is not awaited: a turn of the microtask queue is not its cost.
  const pending = run(n)
  if (pending !== undefined) await pending
  const time = performance.now() - start
  const { user, system } = process.cpuUsage(cpuBefore)
  return { time: time / reported, cpu: (user + system) / 1_000 / reported }
}

let isFine: boolean | undefined

/** Whether processor time is counted finely enough for slices of milliseconds: on Linux and macOS it is, on Windows it comes in ticks. */
export function hasFineCpuClock(): boolean {
  if (isFine !== undefined) return isFine
  const { user, system } = process.cpuUsage()
  const start = performance.now()
  let grown = 0
  while (grown === 0 && performance.now() - start < 20) {
    const now = process.cpuUsage()
    grown = now.user + now.system - user - system
  }
  isFine = grown > 0 && grown < 500
  return isFine
}

/** How long to warm and to measure. */
export interface Effort {
  readonly warmMs: number
  readonly sliceMs: number
}

/**
 * Runs each contender for `warmMs` of processor time (waiting for Redis optimises nothing), taking turns, so that all of them meet the same
 * state of the machine. Returns their last milliseconds per operation.
 */
export async function warmUp(runs: readonly Loop[], { warmMs }: Effort, step: number): Promise<readonly number[]> {
  const last = runs.map(() => 0)
  const counts = runs.map(() => step)
  const spent = runs.map(() => 0)
  while (spent.some((ms) => ms < warmMs)) {
    for (const [i, run] of runs.entries()) {
      if ((spent[i] ?? 0) >= warmMs) continue
      const count = counts[i] ?? step
      const { time, cpu } = await timeSlice(run, count)
      spent[i] = (spent[i] ?? 0) + cpu * count
      last[i] = time
      if (time * count < warmMs / 8) counts[i] = count * 2
    }
  }
  return last
}

/** As {@link warmUp}, with the same number of operations for all: for sides that are to be compared with each other alone. */
export async function warmUpAlike(runs: readonly Loop[], { warmMs }: Effort, step: number): Promise<readonly number[]> {
  const last = runs.map(() => 0)
  const spent = runs.map(() => 0)
  for (let count = step; spent.some((ms) => ms < warmMs);) {
    for (const [i, run] of runs.entries()) {
      const { time, cpu } = await timeSlice(run, count)
      spent[i] = (spent[i] ?? 0) + cpu * count
      last[i] = time
    }
    if (Math.max(...last) * count < warmMs / 8) count *= 2
  }
  return last
}

/**
 * The number of operations, a multiple of `step`, that takes about `sliceMs` or more, by the median of three probes. To be called
 * warm: `perOperation` is what the warm-up has seen, in milliseconds.
 */
export async function calibrate(run: Loop, { sliceMs }: Effort, step: number, perOperation: number): Promise<number> {
  const roundUp = (count: number): number => Math.max(1, Math.ceil(count / step)) * step
  let count = roundUp(sliceMs / Math.max(perOperation, 1e-6))
  for (;;) {
    const probes: number[] = []
    for (let i = 0; i < 3; i++) probes.push((await timeSlice(run, count)).time)
    probes.sort((a, b) => a - b)
    const taken = (probes[1] ?? 0) * count
    if (taken >= sliceMs * 0.9) return count
    // Far away, the estimate is rough: approach in steps of at most eight times.
    count = roundUp(count * Math.min(8, Math.max(1.1, (sliceMs / Math.max(taken, 1e-4)) * 1.02)))
  }
}
