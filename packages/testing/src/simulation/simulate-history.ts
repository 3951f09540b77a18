import type { CheckedCache } from '../history/checked-cache.ts'
import type { History } from '../history/history.ts'
import { judge, type Verdict } from '../history/judge.ts'
import type { FinalRead, StallRecord, WorkerRecord } from '../history/record.ts'
import { shortestStory } from '../history/story.ts'
import { fastPace, slowestMs } from './lane.ts'
import { simulatedKeys } from './model-keys.ts'
import { SimulatedProcess } from './process.ts'
import { simulate } from './simulate.ts'
import { simulatedFaults, strike, type SimulatedFault } from './simulated-faults.ts'
import type { SimulatedConnector, SimulatedRedis } from './simulated-redis.ts'
import { moods, SimulatedWorker, type Truth } from './simulated-worker.ts'
import type { World } from './world.ts'

/** What a cache of a simulated history is made from. */
export interface SimulatedCacheTerms<E extends Error, C extends Error> {
  readonly process: SimulatedProcess
  readonly connector: SimulatedConnector<E, C>
  /** The seeded source of chances, for ids and jitter. */
  readonly world: World
  readonly maxStalenessMs: number
  readonly heartbeatMs: number
}

/** What is played, and with what. */
export interface SimulatedHistoryOptions<E extends Error, C extends Error> {
  readonly seed: number
  readonly makeRedis: (world: World) => SimulatedRedis<E, C>
  readonly makeCache: (terms: SimulatedCacheTerms<E, C>) => CheckedCache
  /** @default 2 or 3, by the seed */
  readonly processes?: number
  /** How long they read and write, in the world's time. @default 500 */
  readonly durationMs?: number
  /** What to choose from. @default all */
  readonly faults?: readonly SimulatedFault[]
  /** How many of them strike at most. @default 3 */
  readonly mostFaults?: number
}

/** A history that was played, and what it is worth. */
export interface SimulatedHistory {
  readonly history: History
  readonly verdict: Verdict
  /** Empty when the promise was kept, else the shortest history that shows that it was not. */
  readonly story: readonly string[]
}

const maxStalenessMs = 900
const heartbeatMs = 150
/** How long all must have been quiet before the last reads. */
const quietMs = 2 * maxStalenessMs
/** A call that lasts longer than this does not end. */
const patienceMs = 20_000
/**
 * Plays a history in a world of its own time: several processes read, load, write and invalidate against a versioned truth, while what
 * the seed chooses happens to Redis, connections and processes; then all is quiet, and each reads once more. The judge is the one of
 * histories on a real server.
 */
export function simulateHistory<E extends Error, C extends Error>(
  options: SimulatedHistoryOptions<E, C>,
): Promise<SimulatedHistory> {
  return simulate(options.seed, (world) => play(world, options))
}

async function play<E extends Error, C extends Error>(
  world: World,
  options: SimulatedHistoryOptions<E, C>,
): Promise<SimulatedHistory> {
  const { random } = world
  const redis = options.makeRedis(world)
  redis.hasFastSubscribers = random.chance(0.5)
  // An announcement is on its way before its acknowledgement is.
  const announcementMs = redis.hasFastSubscribers ? fastPace[2] : slowestMs
  const count = options.processes ?? 2 + random.below(2)
  const processes = Array.from({ length: count }, (_, at) => {
    const skewMs = random.chance(0.3) ? random.below(7_200_000) - 3_600_000 : 0
    return new SimulatedProcess(world, `process ${at}`, skewMs)
  })
  const records: WorkerRecord[] = []
  const stalls: StallRecord[] = []
  const truth: Truth = new Map()
  // Few keys, so that what happens happens to the same.
  const keys = random.shuffle(simulatedKeys(count)).slice(0, 2 + random.below(3))
  const caches = processes.map((process) =>
    options.makeCache({ process, connector: redis.connector(process), world, maxStalenessMs, heartbeatMs }),
  )
  const mood = random.pick(moods)
  const workers = caches.map((cache, number) => {
    watchCutOffs(cache, number, world, records)
    const terms = { number, world, process: processes[number]!, cache, truth, keys, mood, records }
    return new SimulatedWorker({ ...terms, random: random.fork(`worker ${number}`) })
  })

  const durationMs = options.durationMs ?? 500
  const until = world.now + durationMs
  const names = chooseFaults(random, options)
  const loops = workers.flatMap((worker) => [worker.work(until), worker.work(until)])
  const faults = await strike({ world, random, redis, processes, stalls }, names, durationMs)
  await Promise.race([Promise.all(loops), world.sleep(patienceMs)])
  await world.sleep(quietMs)
  const final: FinalRead[] = []
  const readAll = workers.map(async (worker) => final.push(...(await worker.readAll())))
  await Promise.race([Promise.all(readAll), world.sleep(patienceMs)])
  for (const worker of workers) worker.failUnderWay()
  await Promise.race([Promise.all(caches.map((cache) => cache.close())), world.sleep(patienceMs)])
  return toHistory(records, stalls, faults, final, announcementMs)
}

function chooseFaults<E extends Error, C extends Error>(
  random: World['random'],
  { faults = simulatedFaults, mostFaults = 3 }: SimulatedHistoryOptions<E, C>,
): SimulatedFault[] {
  const count = faults.length === 0 ? 0 : random.below(mostFaults + 1)
  return Array.from({ length: count }, () => random.pick(faults))
}

function watchCutOffs(cache: CheckedCache, worker: number, world: World, records: WorkerRecord[]): void {
  let since: number | undefined
  cache.on?.('remoteState', ({ state }) => {
    if (state !== 'ready') since ??= world.now
    else if (since !== undefined) {
      records.push({ type: 'cutOff', worker, start: since, end: world.now })
      since = undefined
    }
  })
}

function toHistory(
  records: readonly WorkerRecord[],
  stalls: StallRecord[],
  faults: History['faults'],
  final: FinalRead[],
  announcementMs: number,
): SimulatedHistory {
  const of = <T extends WorkerRecord['type']>(type: T): Extract<WorkerRecord, { type: T }>[] =>
    records.filter((record): record is Extract<WorkerRecord, { type: T }> => record.type === type)
  const history: History = {
    reads: of('read'),
    invalidations: of('invalidation'),
    loads: of('load'),
    failures: of('failure'),
    cutOffs: of('cutOff'),
    stalls,
    faults,
    final,
  }
  const verdict = judge(history, { announcementMs, maxStalenessMs })
  return { history, verdict, story: shortestStory(history, verdict.violations) }
}
