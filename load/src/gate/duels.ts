import type { Counts } from '@holdfast/bench/engine/counts'
import type { Point } from '@holdfast/bench/engine/duel'
import { disturbanceBetween, isDisturbed, readPressure } from '@holdfast/bench/engine/environment'
import { mergeCounts, type Measured, type Unable } from '@holdfast/bench/gate/judge'
import type { Replicate } from '@holdfast/bench/gate/result'
import { sentinelInflation, type GateCase } from './cases.ts'
import { measureSide, type Bench, type Timing } from './measure-side.ts'

/** The checkouts that are compared. */
export interface Sides {
  readonly base: string
  readonly head: string
}

/** Collects what the processes of a gate say: a point for each case and replicate. */
export class Duels {
  readonly replicates: Replicate[] = []
  readonly #bench: Bench
  readonly #sides: Sides
  readonly #injections: ReadonlyMap<string, number>
  readonly #points = new Map<string, Point[]>()
  readonly #unable = new Map<string, Unable>()
  readonly #counts = new Map<string, Counts>()

  constructor(bench: Bench, sides: Sides, injections: ReadonlyMap<string, number>) {
    this.#bench = bench
    this.#sides = sides
    this.#injections = injections
  }

  of(id: string): Measured {
    const unable = this.#unable.get(id)
    return { id, points: this.#points.get(id) ?? [], ...(unable === undefined ? {} : { unable }) }
  }

  /** The most that any process of the base counted, the least of the head's: what differs for no reason is no regression. */
  counts(id: string): { readonly base?: Counts; readonly head?: Counts } {
    const [base, head] = [this.#counts.get(`${id} base`), this.#counts.get(`${id} head`)]
    return { ...(base === undefined ? {} : { base }), ...(head === undefined ? {} : { head }) }
  }

  /** A new process of each side, for each case; the side that begins alternates. With a sentinel, a second process of the base too. */
  async replicate(cases: readonly GateCase[], sentinel: GateCase | undefined): Promise<void> {
    const [before, startedAt] = [readPressure(), Date.now()]
    const number = this.replicates.length
    for (const each of cases) {
      if (this.#unable.has(each.id)) continue
      const order = number % 2 === 0 ? (['base', 'head'] as const) : (['head', 'base'] as const)
      const seen: { base?: Timing | undefined; head?: Timing | undefined } = {}
      for (const side of order) seen[side] = await this.#side(each, side, number)
      const { base, head } = seen
      if (base === undefined || head === undefined) continue
      this.#add(each.id, base, head)
      if (sentinel?.id !== each.id) continue
      const more = isInjectionBroken() ? 1 : sentinelInflation
      const { timings } = await measureSide(this.#bench, each, {
        packages: this.#sides.base,
        inflations: [1, 1, more, more, 1],
        seed: number + 2,
      })
      const [twin, ...turns] = timings as [Timing, Timing, Timing, Timing, Timing]
      this.#add(`S0 ${each.id}`, base, twin)
      // In the order ABBA: a process still becomes quicker while it is measured.
      this.#add(`S1 ${each.id}`, meanOf(turns[0], turns[3]), meanOf(turns[1], turns[2]))
    }
    const disturbance = disturbanceBetween(before, readPressure(), Date.now() - startedAt)
    this.replicates.push({ disturbance, isDisturbed: isDisturbed(disturbance) })
  }

  async #side(each: GateCase, side: 'base' | 'head', number: number): Promise<Timing | undefined> {
    const inflation = side === 'head' && !isInjectionBroken() ? (this.#injections.get(each.id) ?? 1) : 1
    try {
      const packages = this.#sides[side]
      const { counts, timings } = await measureSide(this.#bench, each, {
        packages,
        inflations: [inflation],
        seed: number + 2,
      })
      const name = `${each.id} ${side}`
      this.#counts.set(name, mergeCounts(this.#counts.get(name), counts, side === 'base' ? Math.max : Math.min))
      return timings[0]
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      // What the head cannot do weighs more than what the base cannot.
      if (side === 'head' || !this.#unable.has(each.id)) this.#unable.set(each.id, { side, kind: 'threw', reason })
      return undefined
    }
  }

  #add(id: string, base: Timing, head: Timing): void {
    const points = this.#points.get(id) ?? []
    this.#points.set(id, points)
    points.push({
      x: Math.log(head.cpuMs / base.cpuMs),
      y: Math.log(head.p50Ms / base.p50Ms),
      operations: base.requests,
      baseMs: base.cpuMs,
      headMs: head.cpuMs,
    })
  }
}

function meanOf(one: Timing, other: Timing): Timing {
  return {
    cpuMs: (one.cpuMs + other.cpuMs) / 2,
    p50Ms: (one.p50Ms + other.p50Ms) / 2,
    requests: one.requests + other.requests,
  }
}

/** Injections do nothing: the sentinels must notice. */
function isInjectionBroken(): boolean {
  return process.env['BENCH_BREAK_SENTINEL'] === '1'
}
