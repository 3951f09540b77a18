import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { tether } from '../redis/tether.ts'
import { openGround } from './ground.ts'
import type { FinalLook, SubjectRecord } from './record.ts'
import type { FaultRow } from './row.ts'
import { FaultStage } from './stage.ts'
import type { FaultPlace } from './subject.ts'
import { SubjectProcess, type Departure } from './subject-process.ts'

/** How long the hits may stay away after a fault, in milliseconds. */
export const backWithinMs = 10_000
/** The share of the hits before that counts as being back. */
const backAt = 0.9
const lookEveryMs = 250

/** What happened in a row. */
export interface RowRun {
  readonly deadlineMs: number
  /** What proves that the fault happened; an error when nothing does. */
  readonly proof: string | Error
  readonly record: SubjectRecord
  /** How long after the fault hits were back, in this process and in Redis, in milliseconds; `undefined` when they were not. */
  readonly backAfterMs: number | undefined
  readonly hitRatioBefore: number
  readonly last: FinalLook
  readonly departure: Departure | undefined
  readonly complaints: readonly string[]
}

/** Plays a fault on a server and processes of its own. */
export async function playRow(row: FaultRow, module: string, seed: number): Promise<RowRun> {
  await using stack = new AsyncDisposableStack()
  const tie = tether()
  stack.defer(() => tie.cut())
  const ground = await openGround(row, stack)
  const prefix = `faults-${randomBytes(3).toString('hex')}:`
  const [subject, leaver] = await Promise.all([SubjectProcess.start(tie), SubjectProcess.start(tie)])
  stack.defer(() => Promise.all([subject.kill(), leaver.kill()]).then(() => undefined))
  const plan = { module, ...ground.place, prefix, seed }
  const [{ deadlineMs }] = await Promise.all(
    // On a busy machine processes take their time to start.
    [subject.call('open', plan, 120_000), leaver.call('open', plan, 120_000)],
  )
  await leaver.call('warm', undefined)
  await subject.call('warm', undefined)
  await subject.call('act', ['get', 'getOrSet', 'getMany', 'getOrSetMany', 'set', 'delete', 'invalidateTags'])
  await sleep(500)
  await subject.call('hits', undefined)
  await sleep(700)
  const hitRatioBefore = ratio(await subject.call('hits', undefined))

  const stage = new FaultStage({ ground, prefix, subject, leaver })
  await subject.call('act', ['get', 'getOrSet', 'getMany', 'getOrSetMany', 'set', 'delete', 'invalidateTags', 'clear'])
  const proof = await row.play(stage).catch((error: unknown) => error as Error)
  const healedAt = performance.now()
  await stage.heal()
  await subject.call('act', ['get', 'getOrSet', 'getMany', 'getOrSetMany', 'set', 'delete'])
  const backAfterMs = await untilBack(subject, ground.direct, hitRatioBefore, healedAt)
  const departure = await stage.departure()
  const record = await subject.call('end', undefined)
  const last = await lastLook(subject, ground.place)
  return {
    deadlineMs,
    proof,
    record,
    backAfterMs,
    hitRatioBefore,
    last,
    departure,
    complaints: stage.complaints,
  }
}

/** Waits until this process hits as before, and another one finds the values in Redis. */
async function untilBack(
  subject: SubjectProcess,
  direct: FaultPlace,
  before: number,
  healedAt: number,
): Promise<number | undefined> {
  await subject.call('hits', undefined)
  let isBackHere = false
  while (performance.now() - healedAt < backWithinMs) {
    await sleep(lookEveryMs)
    const window = await subject.call('hits', undefined)
    isBackHere = window.reads > 0 && ratio(window) >= before * backAt
    if (!isBackHere) continue
    const { hitRatio, staleElsewhere } = await subject.call('look', direct)
    const afterMs = performance.now() - healedAt
    if (hitRatio >= backAt && staleElsewhere.length === 0) return afterMs <= backWithinMs ? afterMs : undefined
  }
  return undefined
}

/** What was invalidated while the process was cut off reaches others when it is back: a busy machine takes a while. */
async function lastLook(subject: SubjectProcess, place: FaultPlace): Promise<FinalLook> {
  for (let n = 0; ; n += 1) {
    const last = await subject.call('look', place)
    if (last.staleElsewhere.length === 0 || last.staleHere.length > 0 || n === 10) return last
    await sleep(lookEveryMs)
  }
}

function ratio({ reads, hits }: { readonly reads: number; readonly hits: number }): number {
  return reads === 0 ? 0 : hits / reads
}
