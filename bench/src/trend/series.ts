import { type ChangePoint, changePoints } from '../stats/change-points.ts'
import type { HistoryEntry } from './history.ts'

/** One figure over time, on one machine. */
export interface Trend {
  readonly name: string
  readonly points: readonly { readonly at: string; readonly commit: string | undefined; readonly value: number }[]
  readonly changes: readonly ChangePoint[]
}

/** The history of a machine, series by series, with the points where its level changed. */
export function trendsOf(history: readonly HistoryEntry[], machine: string): readonly Trend[] {
  const entries = history.filter((entry) => entry.machine === machine)
  const names = [...new Set(entries.flatMap(({ values }) => Object.keys(values)))].sort()
  return names.map((name) => {
    const points = entries.flatMap(({ at, commit, values }) => {
      const value = values[name]
      return value === undefined ? [] : [{ at, commit, value }]
    })
    return { name, points, changes: changePoints(points.map(({ value }) => value)) }
  })
}
