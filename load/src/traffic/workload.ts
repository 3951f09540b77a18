import { UsageError } from '@holdfast/bench/exit'

/** How traffic is shaped. The same workload and seed give the same requests in the same order. */
export interface Workload {
  readonly name: string
  /** Skew of the popularity within each route: 0 is uniform, 0.99 the usual assumption for caches. */
  readonly skew: number
  /** The share of requests that write. */
  readonly writes: number
  /** How many leads people work on, and so ask for again and again. */
  readonly leads: number
  /** The share of reads that walk through the other leads one after the other, as an export or a crawler does. */
  readonly walking: number
  /** Popularity belongs to what came last: the newest leads are asked for the most, and the front moves on. */
  readonly isMoving: boolean
}

const browse: Workload = { name: 'browse', skew: 1, writes: 0.005, leads: 500, walking: 0, isMoving: false }

/** Workloads by name: `browse` is a sales team's day; the others are the shapes that caches are usually tried with. */
const workloads: Readonly<Record<string, Workload>> = {
  browse,
  api: { ...browse, name: 'api', skew: 0.99, writes: 0.05 },
  hot: { ...browse, name: 'hot', skew: 1.2 },
  'write-heavy': { ...browse, name: 'write-heavy', skew: 0.99, writes: 0.5 },
  scan: { ...browse, name: 'scan', skew: 0.99, walking: 0.1 },
  session: { ...browse, name: 'session', skew: 0.99, isMoving: true },
}

/** @throws {UsageError} for a name that is none */
export function workloadOf(name: string, skew?: number): Workload {
  const workload = Object.hasOwn(workloads, name) ? workloads[name] : undefined
  if (workload === undefined)
    throw new UsageError(`Expected a workload: ${Object.keys(workloads).join(', ')}; got ${name}.`)
  return skew === undefined ? workload : { ...workload, skew }
}
