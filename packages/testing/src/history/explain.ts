import type { History } from './history.ts'
import type { Verdict, Violation } from './judge.ts'
import type { ReadRecord } from './record.ts'

interface Line {
  readonly at: number
  readonly text: string
}

/** What the judge found, for people: counts, the histogram, and the shortest history that shows a violation, with the seed. */
export function explain(history: History, verdict: Verdict, seed: number): string {
  const { counts, lateness } = verdict
  const lines = [
    `${verdict.reads} reads, ${verdict.invalidations} invalidations, ${history.faults.length} faults, seed ${seed}`,
    Object.entries(counts)
      .map(([type, count]) => `${type} ${count}`)
      .join(' · '),
    `reads that missed another process's invalidation: ${lateness.count}; late by p50 ${lateness.quantile(0.5).toFixed(2)} ms, ` +
      `p99 ${lateness.quantile(0.99).toFixed(1)} ms, max ${lateness.maxMs.toFixed(1)} ms`,
    ...lateness.lines(),
  ]
  if (verdict.violations.length > 0) lines.push('', ...shortest(history, verdict.violations))
  return lines.join('\n')
}

/** The story with the fewest lines; of the first twenty of each type, since each goes through the whole history. */
function shortest(history: History, violations: readonly Violation[]): string[] {
  const types = [...new Set(violations.map(({ type }) => type))]
  const candidates = types.flatMap((type) => violations.filter((each) => each.type === type).slice(0, 20))
  const stories = candidates.map((violation) => tell(history, violation))
  return stories.reduce((best, story) => (story.length < best.length ? story : best))
}

function tell(history: History, violation: Violation): string[] {
  if (violation.type === 'FOREIGN') {
    const { worker, key, valueKey } = violation.read
    return [`FOREIGN: worker ${worker} read ${key} and got a value of ${valueKey}.`]
  }
  if (violation.type === 'LASTING') {
    const { worker, key, version, truth } = violation.final
    return [`LASTING: worker ${worker} still reads version ${version} of ${key}, the truth is ${truth}.`]
  }
  if (violation.type === 'FAILURE') {
    const { worker, path, error } = violation.failure
    return [`FAILURE: worker ${worker}, ${path}: ${error}`]
  }
  return tellMissed(history, violation)
}

/** From the load that brought the old version to the read that should not have returned it: everything about that key. */
function tellMissed(history: History, violation: Extract<Violation, { type: 'LOCAL' | 'REMOTE' }>): string[] {
  const { read, missed, lateMs, limitMs } = violation
  const loads = [...history.loads].filter((load) => load.key === read.key && load.version >= read.version!)
  const begun = loads.filter((load) => load.start < read.end)
  const from = Math.min(missed.by.issue, ...begun.map((load) => load.start))
  const isWithin = (start: number, end: number): boolean => end >= from && start <= read.end
  const isInvolved = (worker: number): boolean => worker === read.worker || worker === missed.by.worker
  const lines: Line[] = [
    ...begun.flatMap(({ worker, start, end, version }) => [
      { at: start, text: `worker ${worker} begins to load` },
      { at: end, text: `worker ${worker} has loaded version ${version}` },
    ]),
    ...invalidationLines(history, read.key, isWithin),
    ...history.faults
      .filter(({ start, end }) => isWithin(start, end))
      .flatMap(({ name, start, end }) => [
        { at: start, text: `FAULT ${name} begins` },
        { at: end, text: `FAULT ${name} is over` },
      ]),
    ...history.stalls
      .filter(({ worker, start, end }) => isInvolved(worker) && isWithin(start, end))
      .map(({ worker, start, end }) => ({
        at: start,
        text: `worker ${worker} stands still for ${(end - start).toFixed(0)} ms`,
      })),
    ...history.cutOffs
      .filter(({ worker, start, end }) => isInvolved(worker) && isWithin(start, end))
      .map(({ worker, start, end }) => ({
        at: start,
        text: `worker ${worker} knows it is cut off for ${(end - start).toFixed(0)} ms`,
      })),
    ...lastReads(history, read, from),
    { at: read.start, text: `worker ${read.worker} calls ${read.path}` },
    { at: read.end, text: `worker ${read.worker} gets version ${read.version}  ← ${violation.type}` },
  ]
  const head =
    `${violation.type}: worker ${read.worker} read version ${read.version} of ${read.key} ${lateMs.toFixed(2)} ms after ` +
    `version ${missed.version} was acknowledged to worker ${missed.by.worker} (limit ${limitMs.toFixed(0)} ms)`
  const shown = lines.filter(({ at }) => at >= from && at <= read.end).toSorted((a, b) => a.at - b.at)
  return [head, ...shown.map(({ at, text }) => `${(at - from).toFixed(3).padStart(12)} ms  ${text}`)]
}

function invalidationLines(history: History, key: string, isWithin: (start: number, end: number) => boolean): Line[] {
  return history.invalidations.flatMap(({ worker, path, covers, issue, ack, isApplied }) => {
    const version = covers.find((cover) => cover.key === key)?.version
    if (version === undefined || !isWithin(issue, ack)) return []
    return [
      { at: issue, text: `worker ${worker} issues ${path}, the truth is version ${version}` },
      { at: ack, text: `worker ${worker} has its ${path} ${isApplied ? 'acknowledged' : 'queued'}` },
    ]
  })
}

/** The last few reads of the reader before the one in question. */
function lastReads(history: History, read: ReadRecord, from: number): Line[] {
  const before: Line[] = []
  for (const each of history.reads) {
    if (each.worker !== read.worker || each.key !== read.key || each.end < from || each.end >= read.end) continue
    before.push({ at: each.end, text: `worker ${each.worker} got version ${each.version ?? 'none'} (${each.path})` })
    if (before.length > 3) before.shift()
  }
  return before
}
