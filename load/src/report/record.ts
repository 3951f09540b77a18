import { describeEnvironment, type Environment } from '@holdfast/bench/engine/environment'
import { timelineOf, type Bin } from '../measure/timeline.ts'
import { summarize, type Summary } from '../measure/summary.ts'
import type { RunReport } from '../run/result.ts'
import type { Played } from '../scenarios/play.ts'

/** One drive of the generator, for people and programs. */
export interface DriveRecord {
  readonly title: string
  readonly engine: 'open' | 'saturate'
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly summary: Summary
  readonly binMs: number
  readonly timeline: readonly Bin[]
}

/** A scenario that was played, without its single requests. */
export interface ScenarioRecord extends Pick<
  Played,
  'name' | 'title' | 'mode' | 'outcome' | 'lines' | 'notes' | 'marks' | 'doubt' | 'durationMs'
> {
  readonly drives: readonly DriveRecord[]
  /** Statements a second of the watched API processes, at milliseconds since the epoch. */
  readonly queries: readonly { readonly at: number; readonly perSecond: number }[]
  readonly control: { readonly title: string; readonly isBroken: boolean; readonly lines: Played['lines'] } | undefined
}

/** A run as it is written to a file. `NaN` and absent figures are `null` in JSON. */
export interface RunRecord extends Omit<RunReport, 'scenarios'> {
  readonly environment: Environment
  readonly scenarios: readonly ScenarioRecord[]
}

export function recordOf(report: RunReport): RunRecord {
  return {
    ...report,
    environment: describeEnvironment({}, undefined),
    scenarios: report.scenarios.map(({ played, control }) => ({
      name: played.name,
      title: played.title,
      mode: played.mode,
      outcome: played.outcome,
      lines: played.lines,
      notes: played.notes,
      marks: played.marks,
      doubt: played.doubt,
      durationMs: played.durationMs,
      drives: played.drives.map(driveRecord),
      queries: queriesOf(played),
      control:
        control === undefined
          ? undefined
          : { title: control.title, isBroken: control.isBroken, lines: control.played.lines },
    })),
  }
}

function driveRecord({ title, job, result: { samples, startedAt } }: Played['drives'][number]): DriveRecord {
  const endMs = samples.at.reduce((end, at) => Math.max(end, at), 0)
  // Some sixty stretches a picture, of at least a quarter of a second.
  const binMs = Math.max(250, Math.ceil(endMs / 60 / 250) * 250)
  return {
    title,
    engine: job.engine,
    startedAt,
    summary: summarize(samples),
    binMs,
    timeline: timelineOf(samples, binMs),
  }
}

function queriesOf({ readings }: Played): ScenarioRecord['queries'] {
  return readings.flatMap((process) =>
    process.slice(1).map(({ at, reading: { database } }, index) => {
      const before = process[index]!
      const statements =
        database.reads + database.writes - before.reading.database.reads - before.reading.database.writes
      return { at, perSecond: statements / ((at - before.at) / 1_000) }
    }),
  )
}
