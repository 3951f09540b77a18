import type {
  CutOffRecord,
  FailureRecord,
  FaultRecord,
  FinalRead,
  InvalidationRecord,
  LoadRecord,
  ReadRecord,
  StallRecord,
} from './record.ts'

/** What several processes did to one versioned truth through their caches. Iterables may be gone through more than once. */
export interface History {
  readonly reads: Iterable<ReadRecord>
  readonly invalidations: readonly InvalidationRecord[]
  readonly loads: Iterable<LoadRecord>
  readonly failures: readonly FailureRecord[]
  readonly stalls: readonly StallRecord[]
  readonly cutOffs: readonly CutOffRecord[]
  readonly faults: readonly FaultRecord[]
  readonly final: readonly FinalRead[]
}

/** One key that an invalidation covers. */
export interface CoveredKey {
  readonly key: string
  readonly version: number
  readonly by: InvalidationRecord
}

/** Every key of every invalidation. */
export function coveredKeys(invalidations: readonly InvalidationRecord[]): readonly CoveredKey[] {
  return invalidations.flatMap((by) => by.covers.map(({ key, version }) => ({ key, version, by })))
}
