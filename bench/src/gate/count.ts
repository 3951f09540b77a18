import type { Case } from '../suites/case.ts'
import { compareCounts, type CountChange, mergeCounts } from './judge.ts'
import type { Builds, Measurements } from './measure.ts'
import type { GateResult } from './result.ts'

/** Counts both builds once; what looks worse is counted in two more processes of each, and must be worse in the best of them. */
export async function countBoth(
  measurements: Measurements,
  { base, head }: Builds,
  { cases, accepted }: { readonly cases: readonly Case[]; readonly accepted: ReadonlySet<string> },
): Promise<{
  readonly changes: readonly CountChange[]
  readonly counted: GateResult['counted']
}> {
  const before = new Map(await measurements.count(base, cases, 0))
  const after = new Map(await measurements.count(head, cases, 0))
  const compare = (): readonly CountChange[] =>
    cases.flatMap(({ id }) => {
      const [one, other] = [before.get(id), after.get(id)]
      return one && other ? compareCounts(id, one, other, accepted) : []
    })
  for (let replicate = 1; replicate <= 2; replicate++) {
    const suspects = new Set(compare().flatMap(({ id, outcome }) => (outcome === 'fail' ? [id] : [])))
    if (suspects.size === 0) break
    const again = cases.filter(({ id }) => suspects.has(id))
    for (const [id, counts] of await measurements.count(base, again, replicate))
      before.set(id, mergeCounts(before.get(id), counts, Math.max))
    for (const [id, counts] of await measurements.count(head, again, replicate))
      after.set(id, mergeCounts(after.get(id), counts, Math.min))
  }
  const counted = Object.fromEntries(
    cases.map(({ id }) => {
      const [one, other] = [before.get(id), after.get(id)]
      return [id, { ...(one ? { base: one } : {}), ...(other ? { head: other } : {}) }]
    }),
  )
  return { changes: compare(), counted }
}
