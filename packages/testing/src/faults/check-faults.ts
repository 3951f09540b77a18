import { judgeRow, type RowVerdict } from './judge-row.ts'
import { playRow, type RowRun } from './play-row.ts'
import { faultRows } from './rows/all.ts'
import type { FaultRow } from './row.ts'
import { faultOperations } from './subject.ts'

/** What is put through faults. */
export interface FaultsOptions {
  /** URL of a module that exports `openFaultSubject`, see `FaultSubjectModule`. */
  readonly module: string | URL
  /** URL of such a module of a cache without protection: a row that it passes proves nothing. @default not compared */
  readonly naive?: string | URL
  /** Names of rows. @default every row */
  readonly rows?: readonly string[]
  /** Chooses which keys are called for, and when. @default random */
  readonly seed?: number
  /** Rows at once, each with a server and processes of its own; more than the machine can bear make calls late. @default 1 */
  readonly jobs?: number
  /** Told of each row when it is over. */
  readonly report?: (result: FaultResult) => void
}

/** What came of a fault. */
export interface FaultResult {
  readonly row: FaultRow
  /** `undefined` when the application died in it. */
  readonly run: RowRun | undefined
  readonly verdict: RowVerdict
  /** What the naive cache failed in; empty when it passed, `undefined` when it was not asked. */
  readonly naive: readonly string[] | undefined
  /** Everything is as promised, and the fault happened. */
  readonly isKept: boolean
  /** The naive cache passes as well: the row proves nothing about failing. */
  readonly isVacuous: boolean
}

/** The names of all rows. */
export const faultNames: readonly string[] = faultRows.map(({ name }) => name)

/**
 * Puts a cache through faults: an application calls it in a process of its own, while a real Redis and the way to it fail. For each
 * fault: no call rejects, none waits longer than the deadline and the load, memory stays bounded, what was acknowledged is
 * never unsaid, hits come back, and an application that closes its cache in the middle ends by itself.
 *
 * @throws {Error} for an unknown row
 */
export async function checkFaults(options: FaultsOptions): Promise<readonly FaultResult[]> {
  const { seed = Math.floor(Math.random() * 2 ** 31) } = options
  const rows = rowsNamed(options.rows)
  const results: FaultResult[] = []
  const play = async (row: FaultRow, at: number): Promise<void> => {
    const { run, verdict } = await played(row, String(options.module), seed)
    const naive = options.naive === undefined ? undefined : await complaintsOf(row, String(options.naive), seed)
    const isKept = typeof run?.proof === 'string' && verdict.complaints.length === 0
    const isCalm = row === faultRows[0]
    const result = { row, run, verdict, naive, isKept, isVacuous: !isCalm && naive?.length === 0 }
    options.report?.(result)
    results[at] = result
  }
  const left = [...rows.entries()]
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await play(next[1], next[0])
  }
  await Promise.all(Array.from({ length: options.jobs ?? 1 }, work))
  return results
}

/** What the naive cache fails in. Where the fault cannot even happen to it, it fails in nothing. */
async function complaintsOf(row: FaultRow, module: string, seed: number): Promise<readonly string[]> {
  const { run, verdict } = await played(row, module, seed)
  return run?.proof instanceof Error ? [] : verdict.complaints
}

async function played(row: FaultRow, module: string, seed: number): Promise<Pick<FaultResult, 'run' | 'verdict'>> {
  let run: RowRun
  try {
    run = await playRow(row, module, seed)
  } catch (error) {
    // An application that is not there any more has failed in everything.
    const complaints = [(error as Error).message]
    return { run: undefined, verdict: { complaints, failed: new Set(faultOperations), longestMs: Number.NaN } }
  }
  return { run, verdict: judgeRow(row, run) }
}

function rowsNamed(names: readonly string[] | undefined): readonly FaultRow[] {
  if (names === undefined) return faultRows
  return names.map((name) => {
    const row = faultRows.find((one) => one.name === name)
    if (row === undefined)
      throw new Error(`There is no fault ${JSON.stringify(name)}. There are: ${faultNames.join(', ')}.`)
    return row
  })
}
