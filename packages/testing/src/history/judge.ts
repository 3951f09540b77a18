import { ByKey } from './by-key.ts'
import { coveredKeys, type CoveredKey, type History } from './history.ts'
import { Lateness } from './lateness.ts'
import type { FailureRecord, FinalRead, ReadRecord } from './record.ts'
import { Windows } from './windows.ts'

/** What a history is held to, in milliseconds. */
export interface Limits {
  /** How long an applied invalidation of another process may be missed while all is well. @default 50 */
  readonly announcementMs?: number
  /** How long it may be missed by a process without contact to Redis: the caches' `coherence.maxStaleness`. */
  readonly maxStalenessMs: number
  /** What is added to that for the machine. @default 300 */
  readonly slackMs?: number
}

/** Something that must not happen. */
export type Violation =
  | {
      /** `LOCAL`: missed an invalidation of its own process. `REMOTE`: missed another's for longer than the limit. */
      readonly type: 'LOCAL' | 'REMOTE'
      readonly read: ReadRecord
      readonly missed: CoveredKey
      readonly lateMs: number
      readonly limitMs: number
    }
  /** A value that names another key. */
  | { readonly type: 'FOREIGN'; readonly read: ReadRecord }
  /** Still wrong when all has been quiet. */
  | { readonly type: 'LASTING'; readonly final: FinalRead }
  /** A call that rejected though no loader of it did. */
  | { readonly type: 'FAILURE'; readonly failure: FailureRecord }

/** What the judge found. */
export interface Verdict {
  readonly reads: number
  readonly invalidations: number
  /** How long after an applied invalidation of another process reads still missed it, while all was well. Most reads miss none. */
  readonly lateness: Lateness
  /** The same, where a fault or a cut-off was touched. */
  readonly latenessInFaults: Lateness
  readonly counts: Readonly<Record<Violation['type'], number>>
  /** The first hundred of each type. */
  readonly violations: readonly Violation[]
}

const mostOfAType = 100

/**
 * Decides whether a history keeps the promise: after an invalidation was acknowledged no read that starts later returns what was
 * there before; in the same process at once and without excuse, in others after the announcement's delivery and the reader's own
 * stalls. Where a fault is touched, or a time in which the reader knew that it was cut off, `maxStalenessMs` bounds it instead: a
 * process that was stopped for longer may not go on with what it held.
 */
export function judge(history: History, limits: Limits): Verdict {
  const { announcementMs = 50, maxStalenessMs, slackMs = 300 } = limits
  const covered = coveredKeys(history.invalidations)
  const own = new ByKey(covered, ({ by, key }) => `${by.worker}/${key}`)
  const others = coveredByOthers(covered)
  const stalls = Windows.byWorker(history.stalls)
  const cutOffs = Windows.byWorker(history.cutOffs)
  const faults = new Windows(history.faults)
  const lateness = new Lateness()
  const latenessInFaults = new Lateness()
  const counts = { LOCAL: 0, REMOTE: 0, FOREIGN: 0, LASTING: 0, FAILURE: 0 }
  const violations: Violation[] = []
  const found = (violation: Violation): void => {
    counts[violation.type] += 1
    if (counts[violation.type] <= mostOfAType) violations.push(violation)
  }

  let reads = 0
  for (const read of history.reads) {
    reads += 1
    const { worker, key, start, version } = read
    if (version === undefined) continue
    if (read.valueKey !== key) found({ type: 'FOREIGN', read })
    const mine = own.firstMissed(`${worker}/${key}`, { start, version })
    if (mine !== undefined) found({ type: 'LOCAL', read, missed: mine, lateMs: start - mine.by.ack, limitMs: 0 })
    const theirs = others(worker).firstMissed(key, { start, version })
    if (theirs === undefined) continue
    const { ack } = theirs.by
    const isExcused = faults.overlap(ack, start) > 0 || (cutOffs.get(worker)?.overlap(ack, start) ?? 0) > 0
    ;(isExcused ? latenessInFaults : lateness).add(start - ack)
    const limitMs = isExcused
      ? maxStalenessMs + slackMs
      : announcementMs + (stalls.get(worker)?.overlap(ack, start) ?? 0)
    if (start - ack > limitMs) found({ type: 'REMOTE', read, missed: theirs, lateMs: start - ack, limitMs })
  }
  for (const final of history.final) if (final.version !== final.truth) found({ type: 'LASTING', final })
  for (const failure of history.failures) found({ type: 'FAILURE', failure })
  return { reads, invalidations: history.invalidations.length, lateness, latenessInFaults, counts, violations }
}

/** For each process, what the others have invalidated and could tell it of. */
function coveredByOthers(covered: readonly CoveredKey[]): (worker: number) => ByKey {
  const applied = covered.filter(({ by }) => by.isApplied)
  const known = new Map<number, ByKey>()
  return (worker) => {
    const found = known.get(worker)
    if (found !== undefined) return found
    const others = applied.filter(({ by }) => by.worker !== worker)
    const made = new ByKey(others, ({ key }) => key)
    known.set(worker, made)
    return made
  }
}
