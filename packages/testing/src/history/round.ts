import { setTimeout as sleep } from 'node:timers/promises'
import { inflict, type HistoryFault } from './faults.ts'
import type { Stage } from './stage.ts'
import type { History } from './history.ts'
import type { FailureRecord, FaultRecord, FinalRead, InvalidationRecord, WorkerRecord } from './record.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What is played while the workers read and write. */
export interface RoundPlan {
  readonly roundMs: number
  /** The next fault; `undefined` in a calm round. */
  readonly nextFault: () => HistoryFault | undefined
  /** Milliseconds since the start of the run. */
  readonly now: () => number
  /** Of earlier rounds, see `carriedOver`. */
  readonly before: readonly InvalidationRecord[]
}

/** How long what a fault left behind may take to heal: until then it is an excuse. */
const recoveryMs = 1_000
const quietMs = 1_500

/** Lets the workers read and write under faults, then be quiet, then read everything. */
export async function playRound(stage: Stage, plan: RoundPlan): Promise<History> {
  const { workers } = stage
  const failures: FailureRecord[] = []
  await each(workers, failures, plan, 'run', (worker) => worker.call('run', undefined))
  const faults = failures.length > 0 ? [] : await playFaults(stage, plan)
  const records = (await each(workers, failures, plan, 'halt', (worker) => worker.call('halt', undefined))).flat()
  await sleep(quietMs)
  const final = (await each(workers, failures, plan, 'read all', (worker) => worker.call('readAll', undefined))).flat()
  return historyOf(records, { before: plan.before, faults, failures, final })
}

async function playFaults(stage: Stage, { roundMs, nextFault, now }: RoundPlan): Promise<readonly FaultRecord[]> {
  const played: FaultRecord[] = []
  const endAt = now() + roundMs
  for (;;) {
    const pauseMs = 200 + stage.random.below(1_300)
    const leftMs = endAt - now() - pauseMs
    const name = leftMs < 300 ? undefined : nextFault()
    if (name === undefined) break
    await sleep(pauseMs)
    const start = now()
    await inflict(name, stage)
    played.push({ name, start, end: now() + recoveryMs })
  }
  await sleep(Math.max(0, endAt - now()))
  for (const proxy of stage.proxies) await proxy.heal()
  return played
}

/** Asks every worker; one that has died is a failure of its own. */
async function each<T>(
  workers: readonly WorkerProcess[],
  failures: FailureRecord[],
  { now }: RoundPlan,
  path: string,
  ask: (worker: WorkerProcess) => Promise<T>,
): Promise<readonly T[]> {
  const answers = await Promise.all(
    workers.map(async (worker, number) => {
      const start = now()
      try {
        return [await ask(worker)]
      } catch (error) {
        failures.push({ type: 'failure', worker: number, path, start, end: now(), error: (error as Error).message })
        return []
      }
    }),
  )
  return answers.flat(1) as readonly T[]
}

interface Rest {
  readonly before: readonly InvalidationRecord[]
  readonly faults: readonly FaultRecord[]
  readonly failures: readonly FailureRecord[]
  readonly final: readonly FinalRead[]
}

function historyOf(records: readonly WorkerRecord[], { before, faults, failures, final }: Rest): History {
  const of = <T extends WorkerRecord['type']>(type: T): Extract<WorkerRecord, { type: T }>[] =>
    records.filter((record): record is Extract<WorkerRecord, { type: T }> => record.type === type)
  return {
    reads: of('read'),
    invalidations: [...before, ...of('invalidation')],
    loads: of('load'),
    failures: [...failures, ...of('failure')],
    stalls: of('stall'),
    cutOffs: of('cutOff'),
    faults,
    final,
  }
}
