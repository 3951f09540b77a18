import type { History } from './history.ts'
import type { Violation } from './judge.ts'
import type { FinalRead, InvalidationRecord, ReadRecord } from './record.ts'

interface Line {
  readonly at: number
  readonly text: string
}

type Missed = Extract<Violation, { readonly type: 'LOCAL' | 'REMOTE' }>

/** The shortest history that shows a violation: the few events that prove it, in their order, with instants from the first on. */
export function shortestStory(history: History, violations: readonly Violation[]): readonly string[] {
  // Twenty of each type will do: each story goes through the whole history.
  const types = [...new Set(violations.map(({ type }) => type))]
  const candidates = types.flatMap((type) => violations.filter((each) => each.type === type).slice(0, 20))
  const stories = candidates.map((violation) => tell(history, violation))
  return stories.reduce((best, story) => (story.length < best.length ? story : best), stories[0] ?? [])
}

function tell(history: History, violation: Violation): readonly string[] {
  if (violation.type === 'FOREIGN') {
    const { read } = violation
    return story(`FOREIGN: worker ${read.worker} read ${read.key} and got a value of ${read.valueKey}`, [
      ...readLines(read, violation.type),
      ...faultLines(history, read.start, read.end),
    ])
  }
  if (violation.type === 'FAILURE') {
    const { worker, path, start, end, error } = violation.failure
    return story(`FAILURE: worker ${worker}, ${path}: ${error}`, [
      { at: start, text: `worker ${worker} calls ${path}` },
      { at: end, text: `worker ${worker} gets ${error}  ← FAILURE` },
      ...faultLines(history, start, end),
    ])
  }
  if (violation.type === 'LASTING') return tellLasting(history, violation.final)
  return tellMissed(history, violation)
}

function tellLasting(history: History, final: FinalRead): readonly string[] {
  const about = history.invalidations.filter(({ covers }) => covers.some(({ key }) => key === final.key))
  const last = about.toSorted((a, b) => b.ack - a.ack)[0]
  const head = `LASTING: worker ${final.worker} still reads version ${final.version} of ${final.key}, the truth is ${final.truth}`
  return story(head, [
    ...loadLines(history, final),
    ...(last === undefined ? [] : invalidationLines(last, final.key)),
    ...readLines(final, 'LASTING'),
    ...faultLines(history, last?.issue ?? final.start, final.end),
  ])
}

function tellMissed(history: History, { type, read, missed, lateMs, limitMs }: Missed): readonly string[] {
  const head =
    `${type}: worker ${read.worker} read version ${read.version} of ${read.key} ${lateMs.toFixed(2)} ms after ` +
    `version ${missed.version} was acknowledged to worker ${missed.by.worker} (limit ${limitMs.toFixed(0)} ms)`
  const { issue } = missed.by
  return story(head, [
    ...loadLines(history, read),
    ...invalidationLines(missed.by, read.key),
    ...newerRead(history, read),
    ...faultLines(history, issue, read.end),
    ...standLines(history, read, issue),
    ...readLines(read, type),
  ])
}

function story(head: string, lines: readonly Line[]): readonly string[] {
  const sorted = lines.toSorted((a, b) => a.at - b.at)
  const from = sorted[0]?.at ?? 0
  return [head, ...sorted.map(({ at, text }) => `${(at - from).toFixed(3).padStart(12)} ms  ${text}`)]
}

function readLines(read: ReadRecord, mark: string): Line[] {
  return [
    { at: read.start, text: `worker ${read.worker} calls ${read.path.split(',')[0]} of ${read.key}` },
    { at: read.end, text: `worker ${read.worker} gets version ${read.version} (${read.path})  ← ${mark}` },
  ]
}

function invalidationLines({ worker, path, covers, issue, ack, isApplied }: InvalidationRecord, key: string): Line[] {
  const version = covers.find((cover) => cover.key === key)?.version
  return [
    { at: issue, text: `worker ${worker} issues ${path}; the truth is at version ${version}` },
    { at: ack, text: `worker ${worker} has ${path} ${isApplied ? 'acknowledged' : 'queued'}` },
  ]
}

/** The load that brought the old version last, before it was read. */
function loadLines(history: History, read: ReadRecord): Line[] {
  let last: Line[] = []
  let lastEnd = Number.NEGATIVE_INFINITY
  for (const { worker, key, start, end, version } of history.loads) {
    if (key !== read.key || version !== read.version || start >= read.end || end < lastEnd) continue
    lastEnd = end
    last = [
      { at: start, text: `worker ${worker} begins to load` },
      { at: end, text: `worker ${worker} has loaded version ${version}` },
    ]
  }
  return last
}

/** The reader's last read of a newer version: it knew better. */
function newerRead(history: History, read: ReadRecord): Line[] {
  let last: ReadRecord | undefined
  for (const each of history.reads) {
    if (each.worker !== read.worker || each.key !== read.key || each.end > read.start) continue
    if (each.version !== undefined && each.version > read.version! && each.end > (last?.end ?? 0)) last = each
  }
  if (last === undefined) return []
  return [{ at: last.end, text: `worker ${last.worker} gets version ${last.version} (${last.path})` }]
}

function faultLines(history: History, from: number, to: number): Line[] {
  return history.faults
    .filter(({ start, end }) => end >= from && start <= to)
    .flatMap(({ name, start, end }) => [
      { at: start, text: `fault ${name} begins` },
      { at: end, text: `fault ${name} is no excuse any more` },
    ])
    .filter(({ at }) => at <= to)
}

/** When the reader stood still, or knew that it was cut off. */
function standLines(history: History, { worker, end }: ReadRecord, from: number): Line[] {
  const isNear = (each: { worker: number; start: number; end: number }): boolean =>
    each.worker === worker && each.end >= from && each.start <= end
  return [
    ...history.stalls.filter(isNear).map(({ start, end }) => ({
      at: start,
      text: `worker ${worker} stands still for ${(end - start).toFixed(0)} ms`,
    })),
    ...history.cutOffs
      .filter(isNear)
      .map(({ start, end }) => ({ at: start, text: `worker ${worker} is cut off for ${(end - start).toFixed(0)} ms` })),
  ]
}
