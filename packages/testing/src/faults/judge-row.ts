import { loadMs } from './database.ts'
import { backWithinMs, type RowRun } from './play-row.ts'
import type { FaultRow } from './row.ts'
import { faultOperations, type FaultOperation } from './subject.ts'

/** Timers are late, and so are processes that share a processor. */
const slackMs = 40
const mb = 1024 * 1024
const grownBytes = 96 * mb
/** Nothing that is closed may keep a process alive longer than that. */
const endsWithinMs = 1_000

/** What a row came to. */
export interface RowVerdict {
  /** What is wrong, each as a sentence; nothing when every promise was kept. */
  readonly complaints: readonly string[]
  /** The operations that failed or waited too long. */
  readonly failed: ReadonlySet<FaultOperation>
  /** The longest wait of any operation, in milliseconds, without loads and own stalls. */
  readonly longestMs: number
}

/** Whether the promises were kept in a row. That the fault happened is not its concern. */
export function judgeRow(row: FaultRow, run: RowRun): RowVerdict {
  const complaints: string[] = [...run.complaints]
  const failed = new Set<FaultOperation>()
  const limitMs = run.deadlineMs + loadMs + slackMs
  let longestMs = 0
  for (const name of faultOperations) {
    const { calls, errors, firstError, longestMs: waited, unsettled } = run.record.operations[name]
    longestMs = Math.max(longestMs, waited)
    const found: string[] = []
    if (calls === 0 && unsettled === 0) found.push(`${name} was never called`)
    if (errors > 0) found.push(`${name}: ${errors} of ${calls} failed (${firstError})`)
    if (waited > limitMs) found.push(`${name}: waited ${Math.round(waited)} ms, the limit is ${limitMs} ms`)
    if (unsettled > 0) found.push(`${name}: ${unsettled} calls did not end`)
    if (found.length > 0) failed.add(name)
    complaints.push(...found)
  }
  const { record, last, departure, backAfterMs } = run
  if (record.wrongs > 0) complaints.push(`${record.wrongs} reads were wrong: ${record.wrong.join('; ')}`)
  for (const [where, stale] of [
    ['here', last.staleHere],
    ['in another process', last.staleElsewhere],
  ] as const)
    if (stale.length > 0) complaints.push(`stale at the end, ${where}: ${stale.slice(0, 3).join('; ')}`)
  if (backAfterMs === undefined)
    complaints.push(
      `hits were not back ${backWithinMs / 1_000} s after the fault (${Math.round(last.hitRatio * 100)} % in Redis)`,
    )
  const most = row.grownBytes ?? grownBytes
  if (record.grownBytes > most)
    complaints.push(`memory grew by ${Math.round(record.grownBytes / mb)} MB, the limit is ${Math.round(most / mb)} MB`)
  for (const text of record.unhandled) complaints.push(text)
  if (departure === undefined) return { complaints, failed, longestMs }
  if (departure.failure !== undefined)
    complaints.push(`close() in the middle: the process ended with ${departure.failure}`)
  else if (departure.closedInMs! > limitMs)
    complaints.push(`close() in the middle took ${Math.round(departure.closedInMs!)} ms`)
  else if (departure.endedInMs === undefined)
    complaints.push('close() in the middle: the process did not end by itself')
  else if (departure.endedInMs > endsWithinMs)
    complaints.push(`close() in the middle: the process ended ${Math.round(departure.endedInMs)} ms later`)
  return { complaints, failed, longestMs }
}
