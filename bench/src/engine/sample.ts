import { Bench } from 'tinybench'

import { fastestHalf, total } from '../stats/slices.ts'
import type { Loop } from '../suites/loops.ts'
import { calibrate, type Effort, type Slice, timeSlice, warmUp } from './slice.ts'

export interface Contender {
  readonly name: string
  readonly run: Loop
}

/** What one process says of one contender, per operation in milliseconds. */
export interface Sample {
  readonly name: string
  readonly time: number
  readonly cpu: number
  /** With the tails: the mean over all slices. */
  readonly meanTime: number
  readonly meanCpu: number
  readonly slices: number
  /** Times of single operations, where one is long enough to be timed. */
  readonly latencies: readonly number[]
}

/** Shorter operations drown in the two readings of the clock. */
const shortestTimedMs = 0.02
const latencySamples = 400

/**
 * Samples contenders in turns, with tinybench: each slice is one iteration of a task, a batch long enough for the clock, and the
 * order rotates and turns about, so that nobody always follows the same neighbour.
 */
export async function sampleContenders(
  contenders: readonly Contender[],
  {
    effort,
    timeMs,
    step,
    rotate,
  }: { readonly effort: Effort; readonly timeMs: number; readonly step: number; readonly rotate: number },
): Promise<readonly Sample[]> {
  const warm = await warmUp(
    contenders.map(({ run }) => run),
    effort,
    step,
  )
  const sampled: Sampled[] = []
  for (const [i, contender] of contenders.entries()) {
    sampled.push(new Sampled(contender, await calibrate(contender.run, effort, step, warm[i] ?? 0)))
  }
  globalThis.gc?.()
  const rounds = Math.max(4, Math.round(timeMs / effort.sliceMs))
  for (let round = 0; round < rounds; round++) {
    const at = (rotate + (round >> 1)) % sampled.length
    const order = [...sampled.slice(at), ...sampled.slice(0, at)]
    for (const one of round % 2 === 0 ? order : order.toReversed()) await one.takeSlice()
  }
  const samples: Sample[] = []
  for (const one of sampled) samples.push(await one.finish(step))
  return samples
}

class Sampled {
  readonly #contender: Contender
  readonly #bench: Bench
  readonly #slices: Slice[] = []

  constructor(contender: Contender, operations: number) {
    this.#contender = contender
    this.#bench = oneIteration()
    this.#bench.add(
      contender.name,
      async () => {
        const slice = await timeSlice(contender.run, operations)
        this.#slices.push(slice)
        return { overriddenDuration: slice.time, overriddenIterationCost: slice.time * operations }
      },
      { async: true },
    )
  }

  async takeSlice(): Promise<void> {
    const task = this.#bench.getTask(this.#contender.name)
    task?.reset(false)
    await task?.run()
    if (task?.result.state !== 'completed')
      throw new Error(`A slice of ${this.#contender.name} ended as ${task?.result.state}.`)
  }

  async finish(step: number): Promise<Sample> {
    const times = this.#slices.map(({ time }) => time)
    const cpus = this.#slices.map(({ cpu }) => cpu)
    const time = fastestHalf(times)
    return {
      name: this.#contender.name,
      time,
      cpu: fastestHalf(cpus),
      meanTime: total(times) / times.length,
      meanCpu: total(cpus) / cpus.length,
      slices: times.length,
      latencies: step === 1 && time >= shortestTimedMs ? await timeEach(this.#contender) : [],
    }
  }
}

/** The time of each of some operations, one after the other. */
async function timeEach({ name, run }: Contender): Promise<readonly number[]> {
  const bench = new Bench({ iterations: latencySamples, time: 0, warmup: false, throws: true, retainSamples: true })
  bench.add(name, async () => run(1), { async: true })
  await bench.run()
  const result = bench.getTask(name)?.result
  return result?.state === 'completed' ? [...(result.latency.samples ?? [])] : []
}

function oneIteration(): Bench {
  return new Bench({ iterations: 1, time: 0, warmup: false, throws: true })
}
