import { plansOf } from '../gate/judge.ts'
import { defaults, timing } from '../gate/thresholds.ts'
import { createRandom, type Random } from '../stats/random.ts'
import { decideSequentially, splitAlpha } from '../stats/verdict.ts'
import { clopperPearson } from '../stats/binomial.ts'
import type { Recording } from './noise.ts'
import { judge } from '../gate/judge.ts'

/** A rate with the bound that its number of trials allows. */
export interface Rate {
  readonly hits: number
  readonly of: number
  /** One-sided 95 % bounds (Clopper–Pearson). */
  readonly lower: number
  readonly upper: number
}

export interface Certificate {
  readonly benches: number
  /** Runs over a whole family of equal sides in which anything failed. */
  readonly falseAlarms: Rate
  /** The same at no tolerance at all: what the exact bound alone promises to keep at alpha. */
  readonly falseAlarmsAtZero: Rate
  readonly inconclusive: Rate
  /** How often an injected slowdown failed, by its factor, over all benches. */
  readonly power: readonly {
    readonly factor: number
    readonly caught: Rate
    readonly worst: { readonly id: string; readonly rate: number }
  }[]
  readonly meanProcesses: number
}

/**
 * Replays recorded noise through the rule of the gate: values are drawn with replacement and given a random sign, since which side is
 * called base is arbitrary; an injected slowdown is added to both estimators.
 */
export function replay(recordings: readonly Recording[], families: number, seed: number): Certificate {
  const pools = recordings.flatMap(({ benches }) => Object.entries(benches).map(([id, { x, y }]) => ({ id, x, y })))
  const family = {
    looks: defaults.looks,
    alphas: splitAlpha(defaults.alpha, defaults.looks.length),
    family: Math.max(...recordings.map(({ benches }) => Object.keys(benches).length)) * 2,
    beta: defaults.beta,
  }
  const plans = plansOf(family, timing.centre.tolerance, timing.centre.detect)
  const strict = { ...plans.centre, tolerance: 0 }
  const random = createRandom(seed)
  let alarms = 0
  let strictAlarms = 0
  let inconclusive = 0
  let processes = 0
  for (let run = 0; run < families; run++) {
    let isAlarm = false
    let isStrictAlarm = false
    let isOpen = false
    let needed = 0
    for (const pool of familyOf(pools, recordings, run)) {
      const points = draw(pool, random, 0)
      const { outcome, centre } = judge({ id: pool.id, points }, plans)
      if (outcome === 'fail') isAlarm = true
      if (outcome === 'inconclusive') isOpen = true
      if (
        decideSequentially(
          points.map(({ x }) => x),
          strict,
        ).outcome === 'fail'
      )
        isStrictAlarm = true
      needed = Math.max(needed, centre.n)
    }
    alarms += Number(isAlarm)
    strictAlarms += Number(isStrictAlarm)
    inconclusive += Number(isOpen)
    processes += needed
  }
  const power = [1.1, 1.2, 1.3].map((factor) => {
    const rates = pools.map((pool) => {
      const trials = Math.max(1, Math.round(families / pools.length))
      let caught = 0
      for (let trial = 0; trial < trials; trial++) {
        if (judge({ id: pool.id, points: draw(pool, random, Math.log(factor)) }, plans).outcome === 'fail') caught++
      }
      return { id: pool.id, caught, trials }
    })
    const worst = rates.reduce((one, other) => (one.caught / one.trials <= other.caught / other.trials ? one : other))
    const sum = (field: 'caught' | 'trials'): number => rates.reduce((total, rate) => total + rate[field], 0)
    return {
      factor,
      caught: rateOf(sum('caught'), sum('trials')),
      worst: { id: worst.id, rate: worst.caught / worst.trials },
    }
  })
  return {
    benches: pools.length,
    falseAlarms: rateOf(alarms, families),
    falseAlarmsAtZero: rateOf(strictAlarms, families),
    inconclusive: rateOf(inconclusive, families),
    power,
    meanProcesses: processes / families,
  }
}

interface Pool {
  readonly id: string
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** The benches of one recording, each recording in its turn: a family is what one machine runs. */
function familyOf(pools: readonly Pool[], recordings: readonly Recording[], run: number): readonly Pool[] {
  const at = run % recordings.length
  const from = recordings.slice(0, at).reduce((sum, { benches }) => sum + Object.keys(benches).length, 0)
  return pools.slice(from, from + Object.keys(recordings[at]?.benches ?? {}).length)
}

function draw(
  { x, y }: Pool,
  random: Random,
  shift: number,
): { x: number; y: number; operations: number; baseMs: number; headMs: number }[] {
  const most = defaults.looks.at(-1) ?? 0
  return Array.from({ length: most }, () => {
    const at = random.integer(x.length)
    const sign = random.next() < 0.5 ? -1 : 1
    return { x: sign * (x[at] ?? 0) + shift, y: sign * (y[at] ?? 0) + shift, operations: 0, baseMs: 1, headMs: 1 }
  })
}

function rateOf(hits: number, of: number): Rate {
  return { hits, of, ...clopperPearson(hits, of, 0.05) }
}
