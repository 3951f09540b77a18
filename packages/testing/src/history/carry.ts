import { coveredKeys, type CoveredKey } from './history.ts'
import type { InvalidationRecord } from './record.ts'

/** What must be remembered of a round's invalidations in the next: of each process and key, the newest, and the newest applied. */
export function carriedOver(invalidations: readonly InvalidationRecord[]): readonly InvalidationRecord[] {
  const newest = new Map<string, CoveredKey>()
  for (const covered of coveredKeys(invalidations)) {
    const id = `${covered.by.worker} ${covered.by.isApplied} ${covered.key}`
    if (covered.version > (newest.get(id)?.version ?? 0)) newest.set(id, covered)
  }
  return [...newest.values()].map(({ key, version, by }) => ({ ...by, covers: [{ key, version }] }))
}
